"""The people of the story: what each does, and what each waits for before doing it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.demo import scene
from monitor.demo.hands import Hands
from monitor.demo.words import FACTS, STATEMENT
from monitor.domain.command import Kind
from monitor.domain.tier import Tier

GROUP_BOT, LI_BOT = "demo-group-key", "demo-li-token"
# Minutes after the acknowledgement. The lease of a red incident lasts 30 minutes and warns at 20:
# whoever works on it shows a sign of progress more often than that.
SIGNS_OF_PROGRESS = (68, 83, 117, 133, 148, 177, 193, 208)


@dataclass(frozen=True, slots=True)
class Until:
    """A person waits for something to happen; `what` says in Chinese for what."""

    what: str
    holds: Callable[[], bool]


Script = Generator[Until | datetime, None, None]


class Cast:
    """Runs the scripts side by side; each goes on when what it waits for is there."""

    def __init__(self, hands: Hands) -> None:
        """Begin with everybody waiting."""
        self._hands = hands
        scripts = (complaint(hands), crisis(hands))
        self._waits: dict[Script, Until | datetime] = {script: next(script) for script in scripts}

    def act(self) -> bool:
        """Let those go on whose wait is over; whether anybody did."""
        ready = [script for script, wait in self._waits.items() if self._is_over(wait)]
        for script in ready:
            wait = next(script, None)
            if wait is None:
                del self._waits[script]
            else:
                self._waits[script] = wait
        return bool(ready)

    def next(self) -> datetime | None:
        """When the next person acts by the clock."""
        moments = [wait for wait in self._waits.values() if isinstance(wait, datetime)]
        return min(moments, default=None)

    @property
    def waiting(self) -> list[str]:
        """What people still wait for, in Chinese."""
        return [wait.what for wait in self._waits.values() if isinstance(wait, Until)]

    @property
    def done(self) -> bool:
        """Whether every script has come to its end."""
        return not self._waits

    def _is_over(self, wait: Until | datetime) -> bool:
        return wait.holds() if isinstance(wait, Until) else wait <= self._hands.now


def complaint(hands: Hands) -> Script:
    """The duty officer takes the yellow complaint and sees it through."""
    app = hands.app
    yield Until("黄色预警叫到值班人张某", lambda: _told(hands, Tier.YELLOW, "zhang"))
    code = scene.code_at(app, Tier.YELLOW) or ""
    yield hands.now + timedelta(minutes=8)
    hands.ask("zhang", Kind.ACK, code, "点了「我来处理」")
    yield hands.at(12, 20)
    hands.ask(
        "zhang", Kind.RESOLVE, code, "结束投诉事件", reason="三位患者已退费并致歉，客服已补人"
    )


def crisis(hands: Hands) -> Script:
    """Nobody answers, the next person does; then four hours by the book, and the way down."""
    yield Until("橙色预警叫到值班人张某", lambda: _told(hands, Tier.ORANGE, "zhang"))
    # From here the group's robot and 李某's refuse once, as the platforms do when it gets busy.
    hands.stage.bots.script(GROUP_BOT, ["rate_limited"])
    hands.stage.bots.script(LI_BOT, ["rate_limited"])
    yield Until("红色预警", lambda: scene.code_at(hands.app, Tier.RED) is not None)
    code, since = scene.code_at(hands.app, Tier.RED) or "", hands.now
    hands.chapter("没有人应答")
    hands.say("（张某正在谈话室里，手机静音）")
    yield Until("没人应答后叫到李某", lambda: scene.is_told(hands.app, code, "li", since))
    yield hands.now + timedelta(minutes=2)
    hands.chapter("李某接手，按「黄金四小时」处置")
    hands.ask("li", Kind.ACK, code, "点了「我来处理」")
    start = hands.now
    for minutes, action in sorted(_plan(hands, code), key=lambda planned: planned[0]):
        yield start + timedelta(minutes=minutes)
        action()
    yield from _afterwards(hands, code)


def _told(hands: Hands, tier: Tier, person: str) -> bool:
    code = scene.code_at(hands.app, tier)
    return code is not None and scene.is_told(hands.app, code, person)


def _plan(hands: Hands, code: str) -> list[tuple[int, Callable[[], None]]]:
    """What is done how many minutes after the acknowledgement."""
    ask, step = hands.ask, hands.step
    signs = [(minutes, _sign(hands, code)) for minutes in SIGNS_OF_PROGRESS]
    return [
        (1, lambda: ask("li", Kind.CONFIRM_TIER, code, "确认级别：红色")),
        (2, lambda: ask("li", Kind.ASSIGN, code, "总指挥李某，唯一发言人王某", **_ROLES)),
        (4, lambda: step("sun", code, "hold-lines", "口径已发全部客服，均回复收到")),
        (13, lambda: hands.draft("wang", code, FACTS, STATEMENT)),
        (14, lambda: hands.submit("wang", code)),
        (25, lambda: hands.lower_too_early("li", code)),
        (30, lambda: hands.approve("chen", code)),
        (32, lambda: hands.approve_twice("chen", code)),
        (38, lambda: hands.approve("zhao", code)),
        (50, lambda: hands.publish("wang", code, STATEMENT)),
        (98, lambda: step("sun", code, "contact", "家长已联系上，安排专人陪同，费用先行垫付")),
        (101, lambda: step("wang", code, "update-1", "已通报，下次 15:45；涉事护士停岗")),
        (163, lambda: step("wang", code, "update-2", "五个问题已答，谣言附证据澄清")),
        (218, lambda: step("li", code, "exit-gate", "逐项齐全，总指挥签字")),
        (228, lambda: ask("li", Kind.LOWER, code, "把红色降为橙色", **_LOWER)),
        (229, lambda: ask("li", Kind.STABILISE, code, "转入监测")),
        *signs,
    ]


_ROLES = {"commander": "li", "spokesperson": "wang"}
_LOWER = {"tier": "orange", "reason": "声明和两次通报已发，四小时关口通过，新增帖子转少"}


def _sign(hands: Hands, code: str) -> Callable[[], None]:
    return lambda: hands.ask("li", Kind.TOUCH, code, "")


def _afterwards(hands: Hands, code: str) -> Script:
    hands.chapter("慢慢平静")
    yield hands.at(20, 30)
    hands.step("wang", code, "updates", "晚间通报已发：孩子明早出院，调查继续")
    yield Until("平静够久以后自动降到黄色", lambda: scene.tier_of(hands.app, code) <= Tier.YELLOW)
    yield hands.now + timedelta(minutes=5)
    hands.ask("li", Kind.RESOLVE, code, "宣布平息", reason="六小时没有新的指控，整改按承诺推进")
