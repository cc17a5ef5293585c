"""The page behind a personal link: what it is about, and four buttons; no script, no cookie."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from string import Template


class Answer(StrEnum):
    """What a person may answer to a call; the value is what the button sends."""

    ACK = "ack"
    PASS = "pass"  # noqa: S105 - a word, no secret
    REVIEW = "review"
    EXTEND = "extend"

    @property
    def label(self) -> str:
        """The words on the button."""
        return _LABELS[self]


_LABELS = {
    Answer.ACK: "我来处理",
    Answer.PASS: "转备班",
    Answer.REVIEW: "疑似误报，08:00 复核",
    Answer.EXTEND: "续 30 分钟",
}


@dataclass(frozen=True, slots=True)
class Card:
    """What the page says; all of it is escaped when it is written."""

    title: str
    lines: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    """The buttons; none once there is nothing left to answer."""


# Large enough for a thumb in the dark, dark where the phone is.
_PAGE = Template("""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>烽燧</title><style>
:root{color-scheme:light dark}
body{font:18px/1.6 system-ui,sans-serif;max-width:32rem;margin:0 auto;padding:1rem}
h1{font-size:1.3rem}p{margin:.4rem 0}
button{font:inherit;display:block;width:100%;padding:.9rem;margin:.7rem 0;border-radius:.6rem;
border:1px solid;background:none;color:inherit}
button.first{background:#b3261e;border-color:#b3261e;color:#fff}
</style></head><body><h1>$title</h1>$lines$buttons</body></html>
""")


def page(card: Card) -> str:
    """Return the whole page as HTML."""
    return _PAGE.substitute(
        title=escape(card.title),
        lines="".join(f"<p>{escape(line)}</p>" for line in card.lines),
        buttons="".join(_forms(card.answers)),
    )


def _forms(answers: Iterable[Answer]) -> Iterable[str]:
    for place, answer in enumerate(answers):
        style = "" if place else ' class="first"'
        yield (
            f'<form method="post"><input type="hidden" name="answer" value="{answer.value}">'
            f"<button{style}>{escape(answer.label)}</button></form>"
        )
