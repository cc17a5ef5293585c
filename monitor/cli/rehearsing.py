"""Sets a rehearsal up: the past read from the live store, a scratch store, a progress bar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from rich.progress import Progress
from sqlalchemy import select

from monitor import replay as replays
from monitor.app import App
from monitor.cli import show
from monitor.cli.context import Refusal, errors, fail
from monitor.config import BrandConfig, Settings
from monitor.domain.policy import Policy
from monitor.rehearsal.alert import Alert, Told
from monitor.rehearsal.answers import Remembered
from monitor.rehearsal.history import History, oldest, read_history
from monitor.rehearsal.run import WARM_UP, rehearse
from monitor.store.response_schema import IncidentRow
from monitor.store.schema import BrandMentionRow, MentionRow

# Only falls are late by it, never a call: twelve looks a day instead of forty-eight.
RECHECK = timedelta(hours=2)
LONGEST = timedelta(days=400)  # a year and a month; the store keeps half a year by default


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What one rehearsal came to."""

    alerts: tuple[Alert, ...]
    others: tuple[Told, ...]
    """Mentions that were no part of any alert."""
    mentions: int
    fresh: int
    """Texts that the model had to read, since nobody had read them in these words."""


def past(app: App, since: str) -> tuple[History, datetime]:
    """The stored past from an instant that a person typed, and that instant."""
    now = app.clock()
    begin = show.moment(since, now, app.settings.zone, ahead=False)
    if begin >= now or now - begin > LONGEST:
        raise Refusal(f"--since {show.line(since, 30)} 不行：写 30d、90d 这样，最多 400 天")
    with app.database.reading() as session:
        history = read_history(session, begin - WARM_UP, now)
        first = oldest(session)
    if not history.heard:
        held = f"最早的一条是 {first:%Y-%m-%d}" if first else "现在一条也没有"
        # Nothing wrong was typed, and «nobody would be woken» would be no answer either.
        fail(f"这段时间没有存下的提及（{held}）：先采集或用 fengsui ingest 导入", code=1)
    return history, begin


def rehearsed(
    app: App,
    history: History,
    begin: datetime,
    bar: Progress,
    *,
    title: str = "重放",
    policy: Policy | None = None,
    settings: Settings | None = None,
) -> Rehearsed:
    """Play the past under a policy and settings; the live store is only read."""
    task = bar.add_task(title, total=len(history.heard))
    memory = Remembered(history.answers, app.classifier)
    with scratch(app, memory, policy, settings or app.settings) as stage:
        alerts = rehearse(stage, history, begin, lambda n: bar.update(task, advance=n))
        others = _others(stage)
        with stage.database.reading() as session:
            mentions = len(session.scalars(select(MentionRow.id)).all())
    return Rehearsed(tuple(alerts), others, mentions, memory.fresh)


@contextmanager
def scratch(
    app: App, memory: Remembered, policy: Policy | None, settings: Settings
) -> Iterator[App]:
    """The same application on a scratch store, with remembered answers, that sends nothing."""
    from monitor import bootstrap

    with replays.scratch_folder() as folder:
        moved = settings.model_copy(update={"data_dir": Path(folder), "database": None})
        stage = bootstrap.build_scratch(moved, app.clock, memory)
        stage = replace(stage, policy=policy or app.policy, recheck=RECHECK)
        try:
            yield stage
        finally:
            stage.database.close()


def _others(stage: App) -> tuple[Told, ...]:
    """Mentions of topics that never rang."""
    rang = select(IncidentRow.topic_id)
    found = (
        select(MentionRow, BrandMentionRow)
        .join(BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id)
        .where(BrandMentionRow.topic_id.not_in(rang))
    )
    with stage.database.reading() as session:
        return tuple(
            Told(0, row.source, row.text, (), part.rule) for row, part in session.execute(found)
        )


def without(settings: Settings, words: Sequence[str], rules: Sequence[str]) -> Settings:
    """The settings as one change would leave them; refuses what would change nothing."""
    for word in words:
        if not any(name in word and name != word for name in _names(settings.brands)):
            raise Refusal(
                f"排除词「{show.line(word, 30)}」里没有品牌名或别名，盖不住任何一处：写成"
                f"「{settings.brands[0].name}路」这样更长的词；只想少看某类内容，请改关注规则"
            )
    known = {one.name for one in settings.watch}
    for rule in rules:
        if rule not in known:
            listed = "、".join(sorted(known)) or "（没有规则）"
            raise Refusal(f"没有关注规则「{show.line(rule, 30)}」；配置里有：{listed}")
    return settings.model_copy(
        update={
            "brands": tuple(_excluding(one, words) for one in settings.brands),
            "watch": tuple(one for one in settings.watch if one.name not in rules),
        }
    )


def _names(brands: Sequence[BrandConfig]) -> list[str]:
    return [name for one in brands for name in (one.name, *one.aliases)]


def _excluding(brand: BrandConfig, words: Sequence[str]) -> BrandConfig:
    ours = [w for w in words if any(name in w for name in (brand.name, *brand.aliases))]
    return brand.model_copy(update={"exclude": (*brand.exclude, *ours)})


def without_sources(history: History, sources: Sequence[str]) -> History:
    """The past without what these sources brought; refuses a source that brought nothing."""
    known = {one.source for one in history.heard}
    for source in sources:
        if source not in known:
            listed = "、".join(sorted(known)[:10])
            raise Refusal(f"这段时间没有来源「{show.line(source, 30)}」；有：{listed}")
    return replace(history, heard=tuple(one for one in history.heard if one.source not in sources))


def progress(as_json: bool) -> Progress:
    """A bar on standard error; none where a program reads the answer."""
    return Progress(console=errors, transient=True, disable=as_json)
