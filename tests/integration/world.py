"""A whole application on a temporary SQLite file; only the network, the clock and the model fake.

The classifier answers from a list of words, the channels from a script, the clock stands still
until a test moves it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alerts.channels import Channel, parse_channel
from alerts.message import Delivery, Message, Status
from crawlers.items import Item
from models.prediction import Prediction, RiskScore
from monitor.app import App
from monitor.bootstrap import author_secret, matcher
from monitor.config import Settings
from monitor.pipeline import DECIDING, DELIVERING, tick
from monitor.playbook_files import load_playbook
from monitor.policy_file import load_policy
from monitor.stations.take_in import Intake, take_in
from monitor.store.database import Database

BRAND = "清河互联网医院"
NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)  # a Wednesday, 12:00 in Shanghai
HARM = "清河互联网医院11月18日给急诊的孩子输错液，孩子进了抢救室，护士长说在查。"
RISKS = {
    "输错液": "patient_safety",
    "误诊": "patient_safety",
    "泄露": "privacy_leak",
    "排队": "service_complaint",
    "乱收费": "fees_fraud",
    "跳楼": "conflict",
}
NEGATIVE = ("差", "气", "骂", "惨")


class WordClassifier:
    """Finds risk by word; denial by 「谣言」, talk by 「如何」."""

    name = "words@1"

    def __init__(self) -> None:
        """Count the texts that were read."""
        self.read: list[str] = []

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Answer for each text."""
        self.read += texts
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Prediction:
        codes = dict.fromkeys(code for word, code in RISKS.items() if word in text)
        risk = tuple(RiskScore(code, 0.9) for code in codes)
        stance = "denied" if "谣言" in text else "general" if "如何" in text else "alleged"
        bad = bool(risk and stance == "alleged") or any(word in text for word in NEGATIVE)
        negative = 0.9 if bad else 0.1
        return Prediction(
            negative, 0.9 - negative + 0.05, 0.05, risk, stance if risk else "none", self.name
        )


class Bots:
    """The channels: what each was told, and what each answers (SENT unless scripted)."""

    def __init__(self) -> None:
        """Start with nothing told and no script."""
        self.told: list[tuple[str, Message]] = []
        self.answers: dict[str, list[Delivery]] = {}
        self.before_answer: Callable[[], None] = lambda: None

    def send(self, channel: Channel, message: Message) -> Delivery:
        """Record the message, then answer."""
        self.told.append((channel.name, message))
        self.before_answer()
        script = self.answers.get(channel.name)
        return script.pop(0) if script else Delivery(Status.SENT, "已送达")

    def to(self, channel: str) -> list[Message]:
        """What this channel was told."""
        return [message for name, message in self.told if name == channel]


class World:
    """An application, its clock, its bots, and short ways to let things happen."""

    def __init__(self, folder: Path, url: str | None = None, **settings: Any) -> None:
        """Set up the rota 张 → 李 → 王, one group, one operator."""
        self.now = NOON
        self.bots = Bots()
        self.classifier = WordClassifier()
        self.place = {"data_dir": folder, "database": url}
        self.settings = Settings.model_validate({**self.place, **base(), **settings})
        self.app = self.opened()

    def opened(self) -> App:
        """The application as a fresh process would build it."""
        database = Database(self.settings.database_url, durable=False)
        database.upgrade()
        return App(
            settings=self.settings,
            database=database,
            matcher=matcher(self.settings.brands, self.settings.watch),
            policy=load_policy(),
            playbook=load_playbook(),
            author_secret=author_secret(Path(self.settings.data_dir)),
            clock=lambda: self.now,
            classifier=lambda: self.classifier,
            crawl=lambda request: (_ for _ in ()).throw(AssertionError(request)),
            send=self.bots.send,
            channels={one.name: parse_channel(one.name, one.url) for one in self.settings.channels},
        )

    def restart(self) -> None:
        """Forget everything that is not in the store."""
        self.app.database.close()
        self.app = self.opened()

    def reload(self, **settings: Any) -> None:
        """Restart with other settings."""
        self.settings = Settings.model_validate({**self.place, **base(), **settings})
        self.restart()

    def post(self, *items: Item) -> Intake:
        """Take items in."""
        with self.app.database.transaction() as session:
            return take_in(self.app, session, items, self.now, source="测试来源")

    def decide(self) -> None:
        """One round of judging, deciding and tending."""
        tick(self.app, DECIDING, self.now)

    def deliver(self) -> None:
        """Send what is due."""
        tick(self.app, DELIVERING, self.now)

    def later(self, **time: float) -> None:
        """Let time pass, decide and deliver."""
        self.now += timedelta(**time)
        self.decide()
        self.deliver()


def base() -> dict[str, Any]:
    """The settings every test starts from."""
    bot = "json://127.0.0.1:9/"
    names = ("zhang-bot", "zhang-mail", "li-bot", "wang-bot", "group", "ops")
    return {
        "brands": [{"name": BRAND, "aliases": ["清河医院"], "exclude": ["清河医院路"]}],
        "people": [
            {"id": "zhang", "name": "张某", "channels": ["zhang-bot", "zhang-mail"]},
            {"id": "li", "name": "李某", "channels": ["li-bot"], "roles": ["medical"]},
            {"id": "wang", "name": "王某", "channels": ["wang-bot"], "roles": ["legal"]},
        ],
        "oncall": {
            "levels": [
                {"name": "值班", "people": ["zhang"]},
                {"name": "备班", "people": ["li"]},
                {"name": "总监", "people": ["wang"]},
            ]
        },
        "channels": [{"name": name, "url": f"{bot}{name}", "per_minute": 60} for name in names],
        "groups": ["group"],
        "operator_channels": ["ops"],
    }


def item(number: int | str, text: str, at: datetime = NOON, **fields: Any) -> Item:
    """A post by its own author; a keyword changes one thing."""
    given = {"author": f"author-{number}", "published_at": at, **fields}
    return Item(platform="weibo", id=str(number), text=text, **given)
