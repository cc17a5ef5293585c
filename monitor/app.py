"""The wired application: what every station is handed, chosen by bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.clustering import TopicIndex
from monitor.domain.playbook import Playbook
from monitor.domain.policy import Policy
from monitor.matching import Matcher
from monitor.store.database import Database
from monitor.vault import Vault

if TYPE_CHECKING:
    from alerts.answer_server import AnswerServer
    from alerts.channels import Channel
    from alerts.ears.ear import Ear
    from alerts.message import Delivery, Message
    from crawlers.protocol import CrawlOutcome, CrawlRequest
    from crawlers.receivers.hook import Hook
    from models.prediction import Classifier
    from monitor.clock import Clock
    from monitor.config import Settings


@dataclass(frozen=True, slots=True)
class Running:
    """One receiver that listens, and under which terms it was opened."""

    terms: object = field(repr=False)
    hook: Hook


@dataclass
class Hooks:
    """The receivers of one process; monitor.stations.hooks keeps them."""

    running: dict[str, Running] = field(default_factory=dict)
    troubles: dict[str, str] = field(default_factory=dict)
    """Why a receiver does not listen, by source."""
    app: App | None = None
    """What a delivery is kept with: the newest settings."""

    def close(self) -> None:
        """Stop listening."""
        for one in self.running.values():
            one.hook.close()
        self.running.clear()


@dataclass
class Answering:
    """The answer pages of one process; monitor.stations.answer_links keeps them."""

    server: AnswerServer | None = None
    place: tuple[str, int] | None = None
    """Where it was told to listen."""
    app: App | None = None
    """What is asked: the newest settings."""

    def close(self) -> None:
        """Stop listening."""
        if self.server is not None:
            self.server.close()
        self.server = self.place = None


@dataclass
class Listening:
    """The connections that bring answers; monitor.stations.listening keeps them."""

    ears: dict[str, tuple[object, Ear]] = field(default_factory=dict, repr=False)
    """By name: under which terms each was opened, and the connection itself."""
    app: App | None = None
    """What is asked: the newest settings."""

    def deaf(self) -> dict[str, tuple[timedelta, str]]:
        """Which hear nothing: for how long, and why in Chinese."""
        ages = {name: (ear.down_for(), ear.trouble) for name, (_, ear) in self.ears.items()}
        return {name: (age, why) for name, (age, why) in ages.items() if age is not None}

    def close(self) -> None:
        """Stop listening."""
        for _, ear in self.ears.values():
            ear.stop()
        for _, ear in self.ears.values():
            ear.close()
        self.ears.clear()


@dataclass
class App:
    """Everything a station may need; tests hand in their own clock, classifier, crawl and send."""

    settings: Settings
    database: Database
    matcher: Matcher
    policy: Policy
    playbook: Playbook
    author_secret: bytes
    clock: Clock
    classifier: Callable[[], Classifier]
    """Loads on first use, so that commands that need no model start fast."""
    crawl: Callable[[CrawlRequest], CrawlOutcome]
    send: Callable[[Channel, Message], Delivery]
    channels: Mapping[str, Channel] = field(default_factory=dict)
    index: TopicIndex = field(default_factory=TopicIndex)
    recheck: timedelta = timedelta(minutes=30)
    """How soon a topic whose tier holds is looked at again: its evidence leaves the window by
    itself, and half an hour is fine enough beside quiet times of 6 to 12 hours."""
    indexed: bool = False
    """Whether the index has been rebuilt from the store since the start or the last error."""
    hooks: Hooks = field(default_factory=Hooks)
    answering: Answering = field(default_factory=Answering)
    listening: Listening = field(default_factory=Listening)
    """What listens while the daemon runs; a reload of the settings keeps all three."""
    regrouped: int = 0
    """The revision of people's merges and splits that the index knows."""

    @cached_property
    def vault(self) -> Vault:
        """What seals private records; its key is read, or made, at first use."""
        return Vault(Path(self.settings.data_dir))
