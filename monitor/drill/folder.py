"""The folder of a drill: a configuration with the house's own people on invented posts."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from alerts.message import Delivery, Message, Status
from monitor import bootstrap
from monitor.app import App
from monitor.config import Settings, load
from monitor.config_yaml import read_yaml
from monitor.demo.story import Story
from monitor.drill.clock import DrillClock
from monitor.drill.scenario import Scenario
from monitor.store import incidents, meta
from monitor.store.duty_schema import SwapRow

BANNER = "【演练】"
LINE = f"{BANNER}这是演练，不是真事，请照夜里的做法应答。"
SUNK = "演练：没有真的发出"
# Who is called and how long each has is the house's own; what is watched is the scenario's.
_KEPT = (
    "people",
    "oncall",
    "restricted",
    "channels",
    "groups",
    "operator_channels",
    "tiers",
    "timezone",
)
# Codes of three characters that a house meets after ten thousand real incidents, and how many of
# them each drill has: neighbours in time use different ones.
FIRST, ROOM, EACH = 10_000, 5_000, 20
Send = Callable[[Any, Message], Delivery]


@dataclass
class Stage:
    """What a drill works with."""

    folder: Path
    config: Path
    scenario: Scenario
    clock: DrillClock
    app: App

    @property
    def story(self) -> Story:
        """The posts."""
        return self.scenario.story


def prepare(real: App, source: Path, folder: Path, scenario: Scenario) -> Path:
    """Write the folder of a fresh drill; returns its configuration."""
    folder.mkdir(parents=True, mode=0o700)
    DrillClock(folder).jump(scenario.story.begins)
    _lend_codes(real, folder)
    config = folder / "fengsui.yaml"
    config.write_text(_config(real.settings, source, folder, scenario), "utf-8")
    app = bootstrap.build(load(config, os.environ, outward=False), DrillClock(folder))
    try:
        _lend_swaps(real, app)
        _own_codes(app, int(folder.name.partition("-")[0]))
    finally:
        app.database.close()
    return config


def _config(settings: Settings, source: Path, folder: Path, scenario: Scenario) -> str:
    # As it is written, not as it was read: no secret is copied out of the environment.
    tree = read_yaml(source.read_text("utf-8-sig")).tree
    drill = {key: tree[key] for key in _KEPT if key in tree}
    if settings.tiers.policy:
        drill["tiers"] = {**drill["tiers"], "policy": str(settings.tiers.policy)}
    if "model" in tree:
        drill["model"] = {**tree["model"], "path": settings.model.path}
    drill["brands"] = [{"name": scenario.brand, "aliases": [*scenario.aliases]}]
    drill["data_dir"], drill["report"] = str(folder), {"out": str(folder / "reports")}
    head = f"# {BANNER}{scenario.title}：由 fengsui drill 写下，演练完可以整个删掉。\n"
    return head + yaml.safe_dump(drill, allow_unicode=True, sort_keys=False)


def _lend_codes(real: App, folder: Path) -> None:
    """Who proves who they are by a code does so in the drill as well."""
    codes = Path(real.settings.data_dir).absolute() / "codes"
    (folder / "codes").symlink_to(codes)


def _lend_swaps(real: App, app: App) -> None:
    """Who stands in for whom tonight does so in the drill as well."""
    with real.database.reading() as session:
        rows = [
            {column.name: getattr(row, column.name) for column in SwapRow.__table__.columns}
            for row in session.query(SwapRow)
        ]
    with app.database.transaction() as session:
        for row in rows:
            session.add(SwapRow(**{key: value for key, value in row.items() if key != "id"}))


def _own_codes(app: App, drill: int) -> None:
    """Let what somebody answers in the wrong window, or to a robot, meet no real incident."""
    begin = FIRST + drill * EACH % ROOM
    with app.database.transaction() as session:
        meta.put(session, incidents.BEGIN_AT, str(begin), app.clock())


def enter(config: Path, scenario: Scenario, *, live: bool) -> Stage:
    """Open a drill's folder; what it sends goes nowhere, or to people with the banner on it."""
    folder = config.parent
    clock = DrillClock(folder)
    app = bootstrap.build(load(config, os.environ, outward=live), clock)
    app.send = bannered(app.send) if live else sink
    return Stage(folder, config, scenario, clock, app)


def sink(channel: object, message: Message) -> Delivery:  # noqa: ARG001 - the shape of a sender
    """Take a message as a channel would, and let it go no further; the outbox keeps it."""
    return Delivery(Status.SENT, SUNK)


def bannered(send: Send) -> Send:
    """Send with the banner on whatever a channel may show: subject, text and short text."""

    def sent(channel: Any, message: Message) -> Delivery:  # noqa: ANN401 - a Channel
        short = f"{BANNER}{message.short}" if message.short else ""
        marked = replace(
            message,
            subject=f"{BANNER}{message.subject}",
            body=f"{LINE}\n{message.body}",
            short=short,
        )
        return send(channel, marked)

    return sent
