"""What is wrong with the installation itself, from plain facts: pure, and told once a trouble.

An alarm that has stopped looks like a quiet night. So the program watches its own parts, tells the
operator what fails, and withholds its outward heartbeat while anything that a crisis needs is late:
whoever keeps the other end of that heartbeat then rings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# A round of deciding or delivering takes seconds; a model that loads takes half a minute.
LATE_ROUND = timedelta(minutes=2)
# A crawl may run into its deadline of five minutes, one after another.
LATE_CRAWL = timedelta(minutes=15)
# A step that fails is tried again every five seconds: a minute of failures is no passing hiccup.
FAILING_STEP = timedelta(minutes=1)
UNJUDGED = timedelta(minutes=10)  # a new mention is judged within seconds
# Escalation deadlines are kept within five seconds; a minute past one nobody was called.
LATE_CALL = timedelta(minutes=1)
LATE_PAGE = timedelta(minutes=2)  # a page waits a minute at most for its bot's next token
AGAIN = timedelta(hours=12)  # a trouble that lasts is told again on the next shift
COLLECTING = "collecting"
_LOOPS = {
    "collecting": "采集",
    "deciding": "判断和定级",
    "calling": "呼叫",
    "delivering": "发送",
}


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the installation knows of itself; instants say since when something waits or fails.

    Ages are real time even where the clock is set or jumps; instants are of the store's clock.
    """

    rounds: Mapping[str, timedelta] = field(default_factory=dict)
    """How long ago each loop last ended a whole round."""
    failing: Mapping[str, tuple[timedelta, str]] = field(default_factory=dict)
    """Steps that only fail: for how long, and the kind of error."""
    channels: Mapping[str, datetime] = field(default_factory=dict)
    """Channels on which nothing has arrived since."""
    ears: Mapping[str, tuple[timedelta, str]] = field(default_factory=dict)
    """Connections that bring no answers: for how long, and why."""
    free_bytes: int | None = None
    unjudged: datetime | None = None
    late_call: datetime | None = None
    """The earliest call that is due and was not made."""
    late_page: datetime | None = None
    """The earliest page that is due and was not sent."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the operator may set."""

    free_bytes: int
    channel_failing: timedelta


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong: a lasting name, the Chinese sentence, whether it risks an alarm."""

    key: str
    text: str
    grave: bool = True
    """While a grave trouble lasts the outward heartbeat is withheld."""


def troubles(pulse: Pulse, limits: Limits, now: datetime) -> tuple[Trouble, ...]:
    """Return all that is wrong at `now`, the gravest first."""
    return (
        *_late(pulse, now),
        *_failing(pulse),
        *_room(pulse, limits),
        *_mute(pulse, limits, now),
        *_deaf(pulse, limits),
    )


def _late(pulse: Pulse, now: datetime) -> Iterator[Trouble]:
    if _older(pulse.late_call, LATE_CALL, now):
        yield Trouble("late-call", "有该叫的人没有按时叫到：请立刻电话联系值班，并看守护进程的日志")
    if _older(pulse.late_page, LATE_PAGE, now):
        yield Trouble("late-page", "有呼叫消息到点没有发出去：请立刻电话联系值班，并看渠道和日志")
    for name, age in pulse.rounds.items():
        if is_stuck(name, age):
            text = (
                f"「{_LOOPS.get(name, name)}」已有 {_minutes(age)} 分钟没有走完一轮，"
                "可能卡住了：请重启烽燧，并看日志"
            )
            yield Trouble(f"round-{name}", text)
    if _older(pulse.unjudged, UNJUDGED, now):
        yield Trouble("unjudged", "有提及超过 10 分钟没有判断：模型可能出错，请看日志")


def is_stuck(loop: str, age: timedelta) -> bool:
    """Tell whether a loop that ended its last round so long ago hangs."""
    return age > (LATE_CRAWL if loop == COLLECTING else LATE_ROUND)


def _failing(pulse: Pulse) -> Iterator[Trouble]:
    for step, (age, kind) in pulse.failing.items():
        if age > FAILING_STEP:
            text = f"「{step}」这一步已连续出错 {_minutes(age)} 分钟（{kind}）：请看日志"
            yield Trouble(f"step-{step}", text)


def _room(pulse: Pulse, limits: Limits) -> Iterator[Trouble]:
    if pulse.free_bytes is not None and pulse.free_bytes < limits.free_bytes:
        left, wanted = pulse.free_bytes // 2**20, limits.free_bytes // 2**20
        text = f"磁盘只剩 {left} MB（低于 {wanted} MB）：写满以后什么都存不下，请清出空间"
        yield Trouble("disk", text, grave=False)


def _mute(pulse: Pulse, limits: Limits, now: datetime) -> Iterator[Trouble]:
    for name, since in pulse.channels.items():
        if _older(since, limits.channel_failing, now):
            text = (
                f"渠道「{name}」已有 {_minutes(now - since)} 分钟一条也发不出去："
                "请运行 fengsui alerts test，看平台怎么说"
            )
            yield Trouble(f"channel-{name}", text, grave=False)


def _deaf(pulse: Pulse, limits: Limits) -> Iterator[Trouble]:
    for name, (age, why) in pulse.ears.items():
        if age > limits.channel_failing:
            text = (
                f"应答用的「{name}」已有 {_minutes(age)} 分钟收不到东西（{why}）："
                "从那里应答不算数，请告诉值班的人改用别的办法"
            )
            yield Trouble(f"ear-{name}", text, grave=False)


def _older(instant: datetime | None, than: timedelta, now: datetime) -> bool:
    return instant is not None and now - instant > than


def _minutes(age: timedelta) -> int:
    return int(age / timedelta(minutes=1))


@dataclass(frozen=True, slots=True)
class Known:
    """A trouble that lasts: since when, when the operator was last told, and the last words."""

    since: datetime
    told_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class News:
    """What to tell the operator now, and what to remember."""

    tell: tuple[tuple[str, str], ...]
    """Keys, unique per telling, and sentences."""
    known: Mapping[str, Known]


def news(found: tuple[Trouble, ...], known: Mapping[str, Known], now: datetime) -> News:
    """Tell a trouble at its start, again twice a day while it lasts, and its end."""
    tell: list[tuple[str, str]] = []
    kept: dict[str, Known] = {}
    for one in found:
        before = known.get(one.key)
        due = before is None or not before.told_at <= now < before.told_at + AGAIN
        since = before.since if before else now
        kept[one.key] = Known(since, now if due or before is None else before.told_at, one.text)
        if due:
            tell.append((f"{one.key}-{now.isoformat()}", one.text))
    for key, before in known.items():
        if key not in kept:
            tell.append((f"{key}-over-{before.since.isoformat()}", f"恢复了：{before.text}"))
    return News(tuple(tell), kept)
