"""A small house with a database on disk, a clock that is set by hand and a scripted classifier."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from alerts.channels import Channel
from alerts.message import Delivery, Message, Status
from crawlers.items import Item
from models.prediction import Prediction, RiskScore
from monitor import bootstrap, pipeline
from monitor.app import App
from monitor.config import load
from monitor.stations.take_in import take_in

START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai
CONFIG = """
brands:
  - {name: 清河互联网医院, aliases: [清河医院]}
watch:
  - {name: 医疗安全, brand: 清河互联网医院, rule: '误诊 OR 开错药'}
data_dir: data
people:
  - {id: zhang, name: 张某, os_user: zhang, roles: [oncall, commander], channels: [张某邮箱]}
  - {id: li, name: 李某, os_user: li, roles: [spokesperson], channels: [李某邮箱]}
  - {id: wang, name: 王某, os_user: wang, roles: [medical], channels: [李某邮箱]}
  - {id: zhao, name: 赵某, os_user: zhao, roles: [legal]}
channels:
  - {name: 公关群, url: 'json://127.0.0.1:9/group'}
  - {name: 张某邮箱, url: 'json://127.0.0.1:9/zhang'}
  - {name: 李某邮箱, url: 'json://127.0.0.1:9/li'}
groups: [公关群]
operator_channels: [李某邮箱]
oncall:
  levels:
    - {name: 值班, people: [zhang, li], rotate: daily, start: 2026-11-22, handover: '09:00'}
    - {name: 备班, people: [wang, zhao]}
"""
CLAIM = "11月21日在清河医院就诊，医生误诊开错药，家人住进重症病房，有病历照片为证。"


class Reader:
    """Reads a text with 误诊 as an alleged harm to a patient, everything else as calm."""

    name = "scripted-1"

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Prediction:
        if "误诊" in text:
            risk = (RiskScore("patient_safety", 0.93),)
            return Prediction(0.9, 0.08, 0.02, risk, "alleged", self.name)
        return Prediction(0.1, 0.8, 0.1, (), "none", self.name)


@dataclass
class Answer:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class World:
    """The house; `now` may be moved, `answers` says what the channels reply."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    now: datetime = START
    user: str = "nobody"
    """The system user who types."""
    answers: dict[str, Delivery] = field(default_factory=dict)
    sent: list[tuple[str, Message]] = field(default_factory=list)

    @property
    def config(self) -> Path:
        return self.folder / "fengsui.yaml"

    @property
    def database(self) -> Path:
        return self.folder / "data" / "fengsui.db"

    def later(self, **length: float) -> None:
        self.now += timedelta(**length)

    def send(self, channel: Channel, message: Message) -> Delivery:
        self.sent.append((channel.name, message))
        return self.answers.get(channel.name, Delivery(Status.SENT, "对方已收下。"))

    def app(self) -> App:
        return bootstrap.build(load(self.config, os.environ))

    @contextmanager
    def stored(self) -> Iterator[Session]:
        """A session on the database, for what a test puts there or looks up itself."""
        app = self.app()
        try:
            with app.database.transaction() as session:
                yield session
        finally:
            app.database.close()

    def tell(self, *items: Item) -> None:
        """Take posts in and judge and decide them, as the daemon does."""
        app = self.app()
        with app.database.transaction() as session:
            take_in(app, session, items, self.now, source="测试来源")
        pipeline.settle(app, self.now)
        app.database.close()

    def crisis(self) -> str:
        """One credible claim: an ORANGE incident; returns its code."""
        self.tell(post("p1", CLAIM, self.now - timedelta(minutes=20), views=12_000))
        return str(self.run("incidents", "list", "--json").json()[0]["code"])

    def run(self, *argv: str, who: str | None = None) -> Answer:
        """Run `fengsui` in this process, as the program itself would, logged in as `who`."""
        from monitor.cli import main

        self.capsys.readouterr()
        self.user = who or "nobody"
        sys.argv = ["fengsui", *argv]
        code = 0
        try:
            main()
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        printed = self.capsys.readouterr()
        return Answer(code, printed.out, printed.err)


def post(number: str, text: str, at: datetime, **more: Any) -> Item:
    """A post on a forum."""
    url = f"https://forum.example.cn/{number}"
    return Item(platform="forum", id=number, text=text, url=url, published_at=at, **more)


def build(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    """A house with a written configuration and nothing in its database yet."""
    world, real = World(folder, capsys), bootstrap.build
    world.config.write_text(CONFIG, encoding="utf-8")

    def wired(settings: Any, clock: Any = None) -> App:
        app = real(settings, clock=clock or (lambda: world.now))
        app.send, app.classifier = world.send, Reader
        return app

    monkeypatch.setattr(bootstrap, "build", wired)
    monkeypatch.setattr(sys, "argv", ["fengsui"])
    monkeypatch.setattr("monitor.cli.context.system_user", lambda _: world.user)
    monkeypatch.setenv("FENGSUI_CONFIG", str(world.config))
    monkeypatch.delenv("FENGSUI_ACTOR", raising=False)
    return world
