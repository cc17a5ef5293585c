"""The second chapter of the crash story: what people are told by, and answer with, beside bots.

Cards of one's own application that are changed in place, the telephone beside a RED's message,
who may know of an incident, answers heard over a long connection and read from a mailbox, and the
test call before going live; and a silence that ends. The house has other channels than in the first
chapter.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from unittest.mock import patch

from crash_steps import Step, asks, code, passes, posts, work
from sqlalchemy import select
from world import NOON, World, base, item

from alerts.ears.heard import Heard
from monitor.config_answers import ReplyMailConfig
from monitor.domain.command import Kind
from monitor.domain.silence import Scope
from monitor.domain.tier import Tier
from monitor.stations import cards, hearing, mail_replies, reach, silencing
from monitor.store import incidents, reaches
from monitor.store.response_schema import OutboxRow
from monitor.store.silence_schema import SilenceRow

BEGINS = 214  # hours after the first chapter's noon: ten in the morning
BONE = "清河医院骨科11月26日误诊我母亲，髋部骨折拖到坏死，主任已经承认，病历和片子都在。"
BONES = "我妈也在清河医院骨科被误诊，骨折拖了一个月，现在坐轮椅，病历上写着别人的名字！"
DRIP = "清河互联网医院输液室11月26日给七岁孩子输错液，孩子抽搐送急救，护士当场承认拿错瓶子。"
CHIEF = DRIP + "院长高某某亲自压下了这件事。"
MAIL = {"host": "127.0.0.1", "user": "fengsui", "password": "not-a-real-one"}
APP = {"host": "http://127.0.0.1:9", "app_id": "cli_x", "app_secret": "not-a-real-one"}
DING = {"host": APP["host"], "client_id": "ding-x", "client_secret": "not-a-real-one"}


def settings() -> dict[str, Any]:
    """A house with applications of its own, telephones, a mailbox and a chain of its own."""
    place = "?base=http://127.0.0.1:9"
    urls = {
        "zhang-card": f"feishuapp://cli_x:not-a-real-one@ou_zhang{place}",
        "li-card": f"larkapp://cli_x:not-a-real-one@ou_li{place}",
        "wang-mail": "mailto://127.0.0.1:9?from=fengsui@example.cn&to=wang@example.cn",
        "zhao-card": f"dingtalkapp://ding-x:not-a-real-one@staff-3{place}",
        "group": f"feishuapp://cli_x:not-a-real-one@oc_group{place}",
        "ops": "json://127.0.0.1:9/ops",
    }
    phone = {
        "name": "phone",
        "url": "json://127.0.0.1:9/phone",
        "per_minute": 60,
        "wakes": "call",
        "gateway": {"body": {"to": "{mobile}", "say": "{text}"}},
    }
    return {
        "people": _people(),
        "channels": [*({"name": n, "url": u, "per_minute": 60} for n, u in urls.items()), phone],
        "answers": {"feishu": APP, "lark": APP, "dingtalk": DING, "mail": MAIL},
        "restricted": {"names": ["高某某"], "chain": ["zhao", "wang"]},
    }


def _people() -> list[dict[str, Any]]:
    zhang, li, wang = base()["people"]
    ways: list[dict[str, Any]] = [
        {**zhang, "channels": ["zhang-card", "phone"], "ids": {"feishu": "ou_zhang"}},
        {**li, "channels": ["li-card", "phone"], "ids": {"lark": "ou_li"}},
        {**wang, "channels": ["wang-mail", "phone"], "mail": "wang@example.cn"},
        {"id": "zhao", "name": "赵某", "channels": ["zhao-card"], "ids": {"dingtalk": "staff-3"}},
    ]
    return [{**one, "mobile": f"1380000000{number}"} for number, one in enumerate(ways)]


def chapter() -> list[Step]:
    """Two crises told of by cards and telephones; the second names the head of the house."""
    return [replace(step, settings=settings()) for step in [*_cards(), *_circles()]]


def _cards() -> list[Step]:
    growth = [item(f"b{n}", "太气人了", at=_at(0.5), parent_id="42") for n in range(12)]
    return [
        asks("排除前一起", Kind.DISMISS, "zhang", 5),
        posts("卡片开橙色", item(41, BONE, at=_at(-0.2), likes=3), minutes=8 * 60),
        passes("卡片叫下一级", 15),
        says("长连接一句话认领", "lark", "ou_li"),
        posts("卡片升红色带电话", item(42, BONES, at=_at(0.4)), *growth, minutes=15),
        passes("电话叫下一级", 6),
        taps("长连接按钮认领", "feishu", "ou_zhang", "zhang"),
    ]


def _circles() -> list[Step]:
    return [
        restricts("限制知情人", "zhang", minutes=5),
        Step("限制后改叫", work),
        passes("受限叫下一级", 6),
        mails("回信认领", "wang"),
        asks("解除限制", Kind.UNRESTRICT, "wang", -1),
        asks("带卡片一人排除", Kind.DISMISS, "wang", -1),
        asks("带卡片两人排除", Kind.DISMISS, "li", -1),
        Step("卡片收尾", work),
        posts("又开一起", item(51, DRIP, at=_at(1.4), likes=3), minutes=60),
        Step("静默", hushes),
        passes("静默压下叫下一级", 16),
        passes("静默到点照叫", 50),
        posts("说到领导自动受限", item(52, CHIEF, at=_at(1.6), parent_id="51"), minutes=10),
        taps("受限按钮认领", "dingtalk", "staff-3", "zhao"),
        Step("试呼", lambda w: reach.ring(w.app, person(w, "li"), "zhang")),
        Step("试呼确认", confirms),
    ]


def restricts(name: str, who: str, minutes: float) -> Step:
    """Somebody hands it to the chain, and does not see it any more, as a second try tells."""
    asked = asks(name, Kind.RESTRICT, who, -1, chain="zhao,wang")

    def do(world: World) -> None:
        with world.app.database.reading() as session:
            last = incidents.by_code(session, code(world, -1))
        if last is not None and not last.restricted:
            asked.do(world)

    return Step(name, do, minutes)


def hushes(world: World) -> None:
    """Somebody silences the newest incident for an hour; silenced already is as good as that."""
    number, until = code(world, -1), world.now + timedelta(hours=1)
    with world.app.database.reading() as session:
        known = session.scalar(select(SilenceRow.id).where(SilenceRow.code == number))
    if known is None:
        silencing.add(world.app, Scope(code=number), Tier.ORANGE, until, "都知道了", "zhang")


def says(name: str, platform: str, user: str) -> Step:
    """Somebody types an answer to the robot; the platform delivers it again after a death."""

    def do(world: World) -> None:
        hearing.hear(world.app, Heard(platform, name, (user,), f"1 {code(world, -1)}"))
        work(world)

    return Step(name, do)


def taps(name: str, platform: str, user: str, who: str) -> Step:
    """Somebody taps the button of the newest card that they got."""

    def do(world: World) -> None:
        row = newest(world, who)
        with world.app.database.reading() as session:
            # A card that has been answered has no buttons: the tap was made before the death.
            carried = str(cards.dress(world.app, session, row).get("action"))
        told = hearing.hear(world.app, Heard(platform, name, (user,), action=f"ack.{carried}"))
        assert told.noted, told.text
        work(world)

    return Step(name, do)


def mails(name: str, who: str) -> Step:
    """A reply lies in the mailbox; the cursor that says it was read is kept after it was taken."""

    def do(world: World) -> None:
        letter = reply(world, who)

        def box(_o: Any, _s: Any, cursor: dict[str, Any], _now: datetime) -> Any:
            return ([] if cursor else [(letter, True)]), {"uid": 1}

        with patch.object(mail_replies, "new_mails", box):
            mail_replies._visit(world.app, ReplyMailConfig.model_validate(MAIL))
        work(world)

    return Step(name, do)


def reply(world: World, who: str) -> bytes:
    """What this person answers to the newest mail that they got."""
    with world.app.database.reading() as session:
        token = mail_replies.token(world.app, session, newest(world, who))
    mail = EmailMessage()
    mail["From"], mail["Subject"] = f"{who}@example.cn", "回复：告警"
    mail["Message-ID"], mail["In-Reply-To"] = "<reply@example.cn>", f"<{token}@fengsui>"
    mail.set_content("1")
    return mail.as_bytes()


def newest(world: World, who: str) -> OutboxRow:
    """The newest call that this person got."""
    found = select(OutboxRow).where(
        OutboxRow.recipient == who, OutboxRow.kind == "page", OutboxRow.status == "sent"
    )
    with world.app.database.reading() as session:
        row = session.scalars(found.order_by(OutboxRow.id.desc())).first()
    assert row is not None
    return row


def person(world: World, number: str) -> Any:
    return next(one for one in world.settings.people if one.id == number)


def confirms(world: World) -> None:
    """Their own word that the telephone rang; confirmed already is as good as confirmed."""
    with world.app.database.reading() as session:
        known = reaches.confirmed(session, "li")
    if known is None:
        reach.confirm(world.app, "li", "", "li")


def _at(hours: float) -> datetime:
    return NOON + timedelta(hours=BEGINS + hours)
