"""Stories of incidents in YAML: who does what at which minute, and what everybody must receive.

A story is played on a moved clock through the whole application; only the network, the clock and
the model are false. The clock jumps to whatever is due next, half an hour at most. What a person
received is written whole, so that whatever the story does not name must not have come.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from story_verbs import VERBS, Player

from monitor.demo.scene import next_instant

FOLDER = Path(__file__).parent / "stories"
SLOWEST = timedelta(minutes=30)  # a round at least so often, as for a change of duty


@dataclass(frozen=True)
class Story:
    """What happens at which minute, and the messages that each must get: (minute, words)."""

    name: str
    start: datetime
    end: int
    events: tuple[tuple[int, str, tuple[str, ...]], ...]
    received: dict[str, tuple[tuple[int, tuple[str, ...]], ...]]
    house: dict[str, Any] = field(default_factory=dict)


def stories() -> list[Story]:
    """Every story of the folder; an unknown key or verb is an error."""
    files = sorted(FOLDER.glob("*.yaml"))
    return [_story(one) for file in files for one in yaml.safe_load(file.read_text("utf-8"))]


def _story(given: dict[str, Any]) -> Story:
    known = {"名称", "开始", "到", "房子", "经过", "收到"}
    assert set(given) <= known, f"{given['名称']}: {set(given) - known}"
    lines = [line.split() for line in given["经过"]]
    return Story(
        name=given["名称"],
        start=datetime.fromisoformat(f"{given.get('开始', '2026-11-18 12:00')}+08:00"),
        end=given["到"],
        events=tuple((int(minute), verb, tuple(rest)) for minute, verb, *rest in lines),
        received={who: tuple(_message(one) for one in told) for who, told in given["收到"].items()},
        house=given.get("房子", {}),
    )


def _message(text: str) -> tuple[int, tuple[str, ...]]:
    """「15 呼叫 升级」: the minute and words it holds; ␣ stands for a blank within one of them."""
    minute, *words = str(text).split()
    return int(minute), tuple(word.replace("␣", " ") for word in words)


def play(story: Story, folder: Path) -> Player:
    """Let it happen; what everybody received is the player's."""
    player = Player(folder, story.start, story.house)
    for minute, verb, words in story.events:
        _until(player, story.start + timedelta(minutes=minute))
        VERBS[verb](player, *words)
        player.round()
    _until(player, story.start + timedelta(minutes=story.end))
    player.app.database.close()
    return player


def _until(player: Player, at: datetime) -> None:
    while player.now < at:
        due = None if player.stands_still else next_instant(player.app)
        soon = player.now + SLOWEST if due is None else min(due, player.now + SLOWEST)
        player.now = at if player.stands_still else min(at, max(soon, player.now + SECOND))
        player.round()


SECOND = timedelta(seconds=1)


def faults(story: Story, player: Player) -> list[str]:
    """What somebody received against the story, or did not receive, in words."""
    told = {who: list(story.received.get(who, ())) for who in (*player.told, *story.received)}
    found = []
    for who, expected in told.items():
        if who not in story.received and who in Player.HEARD_IF_ASKED:
            continue
        got = player.told.get(who, [])
        if len(got) != len(expected) or not all(map(_fits, got, expected)):
            shown = "\n    ".join(f"- {minute} {text[:60]}" for minute, text in got) or "nothing"
            found.append(f"{who} expected {expected}, received\n    {shown}")
    return found


def _fits(got: tuple[int, str], expected: tuple[int, tuple[str, ...]]) -> bool:
    (minute, text), (wanted, words) = got, expected
    return minute == wanted and all(_said(word, text) for word in words)


def _said(word: str, text: str) -> bool:
    return word[1:] not in text if word.startswith("无") else word in text
