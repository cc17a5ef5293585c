"""A call as an interactive card of 飞书 or Lark: what it is about, and a button an answer."""

from __future__ import annotations

from typing import Any

from alerts.answer_page import Answer, Card

_COLOURS = (("红色", "red"), ("橙色", "orange"), ("黄色", "yellow"))


def card_json(card: Card, action: str) -> dict[str, Any]:
    """Return the card; `action` says which incident its buttons answer."""
    colour = next((colour for word, colour in _COLOURS if word in card.title), "grey")
    text = {"tag": "plain_text", "content": "\n".join(card.lines) or card.title}
    elements: list[dict[str, Any]] = [{"tag": "div", "text": text}]
    if card.answers:
        buttons = [_button(one, action, first=not n) for n, one in enumerate(card.answers)]
        elements.append({"tag": "action", "actions": buttons})
    return {
        # Everybody who sees the card sees the same after a tap.
        "config": {"wide_screen_mode": True, "update_multi": True},
        "header": {
            "template": colour if card.answers else "grey",
            "title": {"tag": "plain_text", "content": card.title},
        },
        "elements": elements,
    }


def _button(answer: Answer, action: str, *, first: bool) -> dict[str, Any]:
    return {
        "tag": "button",
        "text": {"tag": "plain_text", "content": answer.label},
        "type": "danger" if first else "default",
        "value": {"fengsui": f"{answer.value}.{action}"},
    }
