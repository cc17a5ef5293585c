"""The composition root: settings in, wired application out; the only chooser of implementations."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import files
from monitor.app import App
from monitor.clock import Clock, utc_now
from monitor.clustering import TopicIndex
from monitor.domain.self_check import NOTICE_RULE, NOTICES, PLATFORMS, outside_name
from monitor.matching import Brand, Matcher, WatchRule
from monitor.playbook_files import PlaybookError, load_playbook
from monitor.policy_file import PolicyError, load_policy
from monitor.store import trials
from monitor.store.database import Database

if TYPE_CHECKING:
    from alerts.channels import Channel
    from alerts.message import Delivery, Message
    from crawlers.protocol import CrawlOutcome, CrawlRequest
    from models.prediction import Classifier
    from monitor.config import BrandConfig, Settings, WatchConfig

KEY_FILE = "author.key"
KEY_BYTES = 32


class StartError(ValueError):
    """A part that the configuration names cannot be used; the message is a Chinese sentence."""


def verify(settings: Settings) -> None:
    """Ask each part's own reader whether it can be used; raises StartError."""
    from alerts.addresses import ChannelError

    try:
        load_policy(settings.tiers.policy)
        load_playbook()
        _channels(settings)
    except (ChannelError, PlaybookError, PolicyError) as error:
        raise StartError(str(error)) from error


def build(settings: Settings, clock: Clock = utc_now) -> App:
    """Wire the application that the configuration describes; nothing is started yet.

    Raises StartError for a policy that cannot be used; `verify` looks at every part.
    """
    try:
        policy = load_policy(settings.tiers.policy)
    except PolicyError as error:
        raise StartError(str(error)) from error
    database = Database(settings.database_url)
    database.upgrade()
    trials.follow(database, trial_plan(settings), clock())
    return App(
        settings=settings,
        database=database,
        matcher=matcher(settings.brands, settings.watch),
        policy=policy,
        playbook=load_playbook(),
        author_secret=author_secret(Path(settings.data_dir)),
        clock=clock,
        classifier=_classifier(settings),
        crawl=_crawl,
        send=_send,
        channels=_Channels(settings),
    )


def rebuild(app: App, settings: Settings) -> App:
    """The running application with other settings, on the same store.

    Raises StartError, and leaves the old one as it is, for parts that cannot be used and for a
    store that is another one: only a restart may change what the daemon's lock protects.
    """
    if (settings.data_dir, settings.database_url) != (
        app.settings.data_dir,
        app.settings.database_url,
    ):
        raise StartError("运行中不能更换 data_dir 或 database：请改回去，或停掉烽燧后再启动")
    verify(settings)
    same_model = settings.model == app.settings.model
    classifier = app.classifier if same_model else _classifier(settings)
    classifier()  # a model that cannot be loaded must be said now, not at the next mention
    trials.follow(app.database, trial_plan(settings), app.clock())
    return replace(
        app,
        settings=settings,
        matcher=matcher(settings.brands, settings.watch),
        policy=load_policy(settings.tiers.policy),
        playbook=load_playbook(),
        classifier=classifier,
        channels=_Channels(settings),
        index=TopicIndex(),
        indexed=False,
    )


def trial_plan(settings: Settings) -> trials.Plan | None:
    """The trial that the settings ask for; it lasts to the end of its day."""
    trial = settings.trial
    if trial is None:
        return None
    names = {one.id: one.name for one in settings.people}
    groups = {f"group:{one}": one for one in settings.groups}
    midnight = datetime.combine(trial.until + timedelta(days=1), time(), settings.zone)
    owner = next(one for one in settings.people if one.id == trial.owner)
    return trials.Plan(
        owner.id, owner.channels, {**names, **groups, "operator": "运维"}, midnight.astimezone(UTC)
    )


def matcher(brands: Sequence[BrandConfig], watch: Sequence[WatchConfig] = ()) -> Matcher:
    """The automaton over all brands and rules, and over the others whose trouble is a warning."""
    ours = [Brand(one.name, one.aliases, one.exclude) for one in brands]
    others = dict.fromkeys(name for one in brands for name in one.competitors)
    outside = [Brand(outside_name(name), (name,)) for name in others]
    if any(one.platform_notices for one in brands):
        outside.append(Brand(NOTICES, PLATFORMS, needs=NOTICE_RULE))
    return Matcher([*ours, *outside], [WatchRule(one.name, one.rule, one.brand) for one in watch])


def author_secret(folder: Path) -> bytes:
    """This installation's key for author hashes; made once, readable by its owner alone.

    Raises StartError for a file that holds no whole key: with another one, nobody whom we know
    would be recognised.
    """
    path = folder / KEY_FILE
    if not path.exists():
        files.make_once(path, secrets.token_hex(KEY_BYTES).encode())
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES:
        raise StartError(f"{path} 不是完整的密钥：请从备份恢复；没有备份就删掉它，会另做一把")
    return key


def _classifier(settings: Settings) -> Callable[[], Classifier]:
    model = settings.model

    @cache
    def load() -> Classifier:
        from models.encoder import load_classifier

        return load_classifier(
            model.weights,
            sentiment_model=None if model.weights else model.path,
            labels=model.labels or None,
            device=model.device,
            allow_download=model.allow_download,
            threads=model.threads,
        )

    return load


def shipped_classifier(weights: Path | None = None) -> Classifier:
    """The built-in model or one of our making in `weights`, without a configuration.

    Raises StartError for a folder that holds none.
    """
    from models.encoder import load_classifier
    from models.labels import ModelError

    try:
        return load_classifier(weights)
    except ModelError as error:
        raise StartError(str(error)) from error


def _crawl(request: CrawlRequest) -> CrawlOutcome:
    from crawlers.runner import crawl

    return crawl(request)


def _send(channel: Channel, message: Message) -> Delivery:
    from alerts.channels import send

    return send(channel, message, now=utc_now())


class _Channels(Mapping[str, "Channel"]):
    """The channels, made at first use: most commands send nothing, and Apprise loads slowly."""

    def __init__(self, settings: Settings) -> None:
        self._load = cache(lambda: _channels(settings))

    def __getitem__(self, name: str) -> Channel:
        return self._load()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._load())

    def __len__(self) -> int:
        return len(self._load())


def _channels(settings: Settings) -> dict[str, Channel]:
    from alerts.channels import Gateway, parse_channel

    groups = set(settings.groups)
    return {
        one.name: parse_channel(
            one.name,
            one.url,
            group=one.name in groups,
            gateway=Gateway(one.gateway.body, one.gateway.field, one.gateway.equals)
            if one.gateway
            else None,
        )
        for one in settings.channels
    }


def build_scratch(settings: Settings, clock: Clock, classifier: Classifier) -> App:
    """An application for replays and benchmarks: nothing is crawled, sent or kept."""
    database = Database(settings.database_url, durable=False)
    database.upgrade()
    return App(
        settings=settings,
        database=database,
        matcher=matcher(settings.brands, settings.watch),
        policy=load_policy(settings.tiers.policy),
        playbook=load_playbook(),
        author_secret=author_secret(Path(settings.data_dir)),
        clock=clock,
        classifier=lambda: classifier,
        crawl=_crawl,
        send=_send,
    )
