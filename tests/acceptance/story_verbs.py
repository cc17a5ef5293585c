"""What can happen in a story of an incident, one word each, and the house that it happens to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from world import BRAND, HARM, World, base, item

from alerts.channels import Channel
from alerts.message import Delivery, Message, Status
from monitor.app import App
from monitor.domain.command import Command, Kind
from monitor.domain.mention import SHANGHAI
from monitor.domain.silence import Scope
from monitor.domain.tier import Tier
from monitor.stations import hand_over, obey, silencing
from monitor.stations.opening import Opening, begin
from monitor.store.response_schema import IncidentRow, OutboxRow

TEXTS = {
    "橙色": HARM,
    "通报": f"{HARM}卫健委官方通报：已成立调查组。",
    "黄色": "清河医院乱收费，同一个检查收了两遍，客服说不清，太气人了。",
    "另一橙色": "清河医院眼科11月17日误诊我父亲，拖成失明，主任已经承认，病历和录音都在。",
    "点名": "清河医院骨科11月17日误诊我母亲，拖到坏死，病历都在，院长高某某亲自压下了这件事。",
}
NAMES = {"张某": "zhang", "李某": "li", "王某": "wang", "赵某": "zhao"}
TIERS = {"黄色": Tier.YELLOW, "橙色": Tier.ORANGE, "红色": Tier.RED}
LABELS = {"page": "呼叫", "group": "群", "notice": "通知", "meta": "系统", "briefing": "简报"}


class Player(World):
    """A house in which a story happens; remembers who was told what at which minute."""

    HEARD_IF_ASKED = frozenset({"群", "运维"})

    def __init__(self, folder: Path, start: datetime, house: dict[str, Any]) -> None:
        """A rota of four levels, 张 → 李 → 王 → 赵 (the leadership), one group, one operator."""
        self.told: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.broken: set[str] = set()
        self.stands_still, self.start = False, start
        super().__init__(folder, **{**_house(), **house})
        self.now = start
        self.posts = 0

    def opened(self) -> App:
        """The application with a playbook of no steps: other tests tell of its reminders."""
        app = super().opened()
        return replace(app, playbook=replace(app.playbook, steps=()), send=self._send)

    def _send(self, channel: Channel, message: Message) -> Delivery:
        if channel.name in self.broken:
            return Delivery(Status.DEAD, "机器人已被移除", "93000")
        minute = int((self.now - self.start) / timedelta(minutes=1))
        text = f"{self._label(message)} {channel.name} {message.body}"
        self.told[self._who(channel.name)].append((minute, text.replace("\n", " ")))
        return Delivery(Status.SENT, "已送达")

    def _label(self, message: Message) -> str:
        with self.app.database.reading() as session:
            found = select(OutboxRow.kind).where(OutboxRow.key == message.key)
            return LABELS.get(session.scalars(found).one(), "汇总")

    def _who(self, channel: str) -> str:
        people = {one.id: one.name for one in self.settings.people}
        others = {"group": "群", "ops": "运维"}
        return others.get(channel) or people[channel.partition("-")[0]]

    def round(self) -> None:
        """Whatever is due, unless the program stands still."""
        if not self.stands_still:
            self.later()

    def code(self, nth: str = "1") -> str:
        """The code of the first incident, or of the n-th."""
        with self.app.database.reading() as session:
            return session.scalars(select(IncidentRow.code).order_by(IncidentRow.id)).all()[
                int(nth) - 1
            ]


def _house() -> dict[str, Any]:
    levels = [("值班", "zhang"), ("备班", "li"), ("总监", "wang"), ("院领导", "zhao")]
    given = base()
    return {
        "people": [*given["people"], {"id": "zhao", "name": "赵某", "channels": ["zhao-bot"]}],
        "channels": [
            *given["channels"],
            {"name": "zhao-bot", "url": "json://127.0.0.1:9/zhao", "per_minute": 60},
        ],
        "oncall": {"levels": [{"name": name, "people": [who]} for name, who in levels]},
        "watch": [{"name": "收费", "brand": BRAND, "rule": "乱收费"}],
    }


def posts(player: Player, kind: str) -> None:
    """Somebody posts it: 「发帖 橙色」."""
    player.posts += 1
    player.post(item(f"p{player.posts}", TEXTS[kind], player.now - timedelta(minutes=1)))


def passed_on(player: Player, number: str) -> None:
    """So many pass the newest post on: 「转发 5」."""
    above = f"p{player.posts}"
    made = [
        item(f"{above}-{player.now.timestamp()}-{n}", "转发微博", player.now, parent_id=above)
        for n in range(int(number))
    ]
    player.post(*made)


def opens(player: Player, number: str, tier: str) -> None:
    """Somebody opens so many by hand: 「开 200 橙色」."""
    with player.app.database.transaction() as session:
        for n in range(int(number)):
            told = Opening(
                brand=BRAND,
                origin="person",
                key=f"{player.now}-{n}",
                name=f"第{n}件",
                reason="电话里说的",
                tier=TIERS[tier],
                candidate=False,
            )
            begin(player.app, session, told, player.now)


def asks(kind: Kind, **args: str) -> Callable[..., None]:
    """Somebody asks it of an incident: 「认领 张某」, 「认领 张某 2」 of the second."""

    def do(player: Player, who: str, nth: str = "1", refused: str = "") -> None:
        given = {name: _until(player, value) for name, value in args.items()}
        wish = Command(str(uuid4()), kind, NAMES[who], player.now, "理由", given)
        if refused:
            with pytest.raises(obey.RefusedError, match=refused):
                obey.command(player.app, player.code(nth), wish)
            return
        obey.command(player.app, player.code(nth), wish)

    return do


def _until(player: Player, value: str) -> str:
    """Eight o'clock of the next morning, where that is meant."""
    if value != "08:00":
        return value
    local = player.now.astimezone(SHANGHAI)
    eight = local.replace(hour=8, minute=0, second=0, microsecond=0)
    return (eight if eight > local else eight + timedelta(days=1)).isoformat()


def silences(player: Player, what: str, tier: str, minutes: str, after: str = "0") -> None:
    """Somebody wants quiet: 「静默 品牌 黄色 60」, 「静默 1 橙色 60 30」 in half an hour's time."""
    scope = Scope(brand=BRAND) if what == "品牌" else Scope(code=player.code(what))
    begin = player.now + timedelta(minutes=int(after))
    until = begin + timedelta(minutes=int(minutes))
    silencing.add(player.app, scope, TIERS[tier], until, "都知道了", "zhang", begin=begin)


def refused_silence(player: Player, what: str, tier: str, minutes: str) -> None:
    """The same, and it is refused."""
    with pytest.raises(obey.RefusedError):
        silences(player, what, tier, minutes)


def breaks(player: Player, channel: str) -> None:
    """A channel refuses everything from now on: 「渠道坏 zhang-bot」."""
    player.broken.add(channel)


def stands(player: Player) -> None:
    """The program stops."""
    player.stands_still = True


def comes_back(player: Player) -> None:
    """The program starts again."""
    player.stands_still = False
    player.restart()


VERBS: dict[str, Callable[..., object]] = {
    "发帖": posts,
    "转发": passed_on,
    "开": opens,
    "认领": asks(Kind.ACK),
    "接管": asks(Kind.TAKE),
    "续期": asks(Kind.TOUCH),
    "转备班": asks(Kind.PASS),
    "复核": asks(Kind.REVIEW, until="08:00"),
    "排除": asks(Kind.DISMISS),
    "平息": asks(Kind.RESOLVE),
    "结案": asks(Kind.CLOSE),
    "重开": asks(Kind.REOPEN),
    "确认红色": asks(Kind.CONFIRM_TIER, tier="red"),
    "降为黄色": asks(Kind.LOWER, tier="yellow"),
    "静默": silences,
    "静默被拒": refused_silence,
    "静默结束": lambda player, number: silencing.end(player.app, int(number), "zhang"),
    "签交班": lambda player, who: hand_over.sign(player.app, NAMES[who], "都在单子上"),
    "接班": lambda player, who: hand_over.accept(player.app, NAMES[who]),
    "渠道坏": breaks,
    "渠道好": lambda player, channel: player.broken.discard(channel),
    "停机": stands,
    "开机": comes_back,
}
