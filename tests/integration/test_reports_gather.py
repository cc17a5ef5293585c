"""The queries of the weekly report on a real database."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import reports_sample as sample
from sqlalchemy import select

from monitor.domain.tier import Tier
from monitor.reports.gather import gather
from monitor.reports.week import parse_week
from monitor.reports.weekly import WeeklyReport, build, plain
from monitor.store.database import Database
from monitor.store.response_schema import IncidentRow, OutboxRow
from monitor.store.schema import CrawlRow, MentionRow, RejectRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

WEEK = parse_week("2026-W47")
SILENT_AFTER = {"清河论坛": timedelta(hours=6), "清河日报": timedelta(hours=6)}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'report.db'}", durable=False)
    opened.upgrade()
    yield opened
    opened.close()


def _report(database: Database, as_of: datetime = sample.AFTER) -> WeeklyReport:
    with database.reading() as session:
        data = gather(session, WEEK, as_of, [sample.BRAND], SILENT_AFTER)
    return build(data, WEEK, as_of)


def test_the_fictional_week_adds_up_to_what_was_written(database: Database) -> None:
    with database.transaction() as session:
        sample.realistic_week(session)

    report = _report(database)
    own, team = report.brands[0], report.response

    assert (own.volume.value, own.before.value) == (34 + 46 + 9, 182)
    assert [(one.code, one.mentions.value) for one in own.claims] == [
        ("patient_safety", 31),
        ("fees_fraud", 9),
    ]
    assert [(one.code, one.peak) for one in team.incidents] == [
        ("7K2", Tier.RED),
        ("M4C", Tier.YELLOW),
    ]
    assert [one.median for one in team.timings] == [
        timedelta(minutes=44),
        timedelta(minutes=23),
        timedelta(minutes=88),
    ]
    assert (team.steps_on_time.part.value, team.steps_on_time.whole.value) == (10, 12)
    assert (team.calls_answered.part.value, team.calls_answered.whole.value) == (1, 4)
    assert {label: figure.value for label, figure in team.messages if figure.value} == {
        "已送达": 4,
        "送不到": 1,
        "不知是否收到": 1,
    }
    assert [one.name for one in report.coverage.troubled] == ["清河日报"]
    assert report.coverage.rejected.value == 2


def test_a_copy_on_the_next_channel_begins_no_round_of_its_own(database: Database) -> None:
    with database.transaction() as session:
        sample.realistic_week(session)
        found = select(OutboxRow).where(OutboxRow.kind == "page", OutboxRow.status == "sent")
        original = session.scalars(found.order_by(OutboxRow.id)).first()
        assert original is not None
        at = original.created_at + timedelta(seconds=130)
        copy = sample.message(session, original.incident_id, at, "sent")
        session.get_one(OutboxRow, copy).origin = original.id

    calls = _report(database).response.calls_answered
    assert (calls.part.value, calls.whole.value) == (1, 4)


def test_every_id_in_the_report_exists(database: Database) -> None:
    with database.transaction() as session:
        sample.realistic_week(session)

    document = plain(_report(database))

    with database.reading() as session:
        known = {
            "提及": set(session.scalars(select(MentionRow.id))),
            "消息": set(session.scalars(select(OutboxRow.id))),
            "采集": set(session.scalars(select(CrawlRow.id))),
            "退回": set(session.scalars(select(RejectRow.id))),
            "事件": set(session.scalars(select(IncidentRow.code))),
        }
    named = {kind: ids & known[kind] for kind, ids in _ids(document).items() if kind in known}
    assert named == {kind: ids for kind, ids in _ids(document).items() if kind in known}
    assert all(named[kind] for kind in known)


def _ids(value: object) -> dict[str, set[object]]:
    found: dict[str, set[object]] = {}
    if isinstance(value, dict) and "ids" in value:
        return {str(value["of"]): set(value["ids"])}
    parts = list(value.values()) if isinstance(value, dict) else value
    for part in parts if isinstance(parts, list) else []:
        for kind, ids in _ids(part).items():
            found.setdefault(kind, set()).update(ids)
    return found


def test_sunday_a_minute_before_midnight_is_in_and_midnight_is_out(database: Database) -> None:
    with database.transaction() as session:
        last = sample.mention(session, sample.SUNDAY_NIGHT)
        sample.mention(session, sample.SUNDAY_NIGHT + timedelta(minutes=1))
        first = sample.mention(session, sample.MONDAY)
        before = sample.mention(session, sample.MONDAY - timedelta(minutes=1))

    own = _report(database).brands[0]

    assert own.volume.ids == (first, last)
    assert own.before.ids == (before,)


def test_private_records_are_in_no_number_and_never_quoted(database: Database) -> None:
    with database.transaction() as session:
        of = sample.topic(session, "话题", sample.at(17, 9))
        sample.mention(session, sample.at(17, 9), private=True, topic_id=of.id)
        public = sample.mention(session, sample.at(17, 10), topic_id=of.id)
        number = sample.incident(session, of, "7K2", sample.at(17, 10), sample.at(17, 11), "open")
        sample.trail(session, number, (sample.at(17, 11), "open", 1, "open", "engine"))

    report = _report(database)

    assert report.overall.volume.ids == (public,)
    assert [quote.id for quote in report.overall.quotes] == [public]
    assert report.response.incidents[0].first_mentions == (public,)


def test_what_was_stored_after_the_report_does_not_change_it(database: Database) -> None:
    now = sample.at(19, 12)
    with database.transaction() as session:
        known = sample.mention(session, sample.at(18, 9))
        sample.mention(session, sample.at(18, 9), stored_at=sample.at(20, 9))

    assert _report(database, now).overall.volume.ids == (known,)


def test_a_mention_the_model_has_not_read_is_counted_apart(database: Database) -> None:
    with database.transaction() as session:
        new = sample.mention(session, sample.at(18, 9), state="new")

    own = _report(database).brands[0]

    assert own.unjudged.ids == (new,)
    assert own.share.whole.value == 0


def test_a_brand_nobody_configured_but_the_store_knows_is_reported(database: Database) -> None:
    with database.transaction() as session:
        sample.mention(session, sample.at(18, 9), brand="清河口腔")

    assert [one.name for one in _report(database).brands] == [sample.BRAND, "清河口腔"]


def test_the_first_post_of_a_merged_topic_is_found_in_the_topic_it_went_into(
    database: Database,
) -> None:
    with database.transaction() as session:
        old = sample.topic(session, "旧", sample.at(18, 9))
        new = sample.topic(session, "新", sample.at(18, 8))
        old.merged_into = new.id
        first = sample.mention(session, sample.at(18, 8), topic_id=new.id)
        number = sample.incident(session, old, "7K2", sample.at(18, 8), sample.at(18, 9), "open")
        sample.trail(session, number, (sample.at(18, 9), "open", 1, "open", "engine"))

    assert _report(database).response.incidents[0].first_mentions == (first,)


def test_engine_changes_name_the_mentions_they_were_decided_on(database: Database) -> None:
    with database.transaction() as session:
        sample.realistic_week(session)

    changes = _report(database).response.incidents[0].changes

    assert changes[0].evidence == (215, 216, 217)
    assert [one.evidence for one in changes if not one.by_engine] == [()]


@pytest.mark.parametrize(
    ("ended", "listed"),
    [(-1, []), (1, ["7K2"])],
    ids=["ended before the week", "ended within the week"],
)
def test_an_older_incident_is_listed_if_somebody_worked_on_it_this_week(
    database: Database, ended: int, listed: list[str]
) -> None:
    with database.transaction() as session:
        began = (sample.MONDAY - timedelta(days=5)).astimezone(sample.UTC)
        of = sample.topic(session, "话题", began)
        number = sample.incident(session, of, "7K2", began, began, "closed")
        closed = (sample.MONDAY + timedelta(hours=ended)).astimezone(sample.UTC)
        sample.trail(
            session,
            number,
            (began, "open", 1, "open", "engine"),
            (closed, "close", 0, "closed", "zhang"),
        )

    lines = _report(database).response.incidents

    assert [one.code for one in lines] == listed
    assert not any(one.fresh for one in lines)


def test_an_incident_that_the_engine_hands_back_to_its_holder_is_not_answered_by_that(
    database: Database,
) -> None:
    with database.transaction() as session:
        of = sample.topic(session, "话题", sample.at(18, 9))
        number = sample.incident(
            session, of, "7K2", sample.at(18, 9), sample.at(18, 9), "responding"
        )
        sample.trail(session, number, (sample.at(18, 9), "recur", 2, "responding", "engine"))

    assert _report(database).response.incidents[0].acked_at is None


def test_a_false_alarm_is_listed_and_owes_no_response_time(database: Database) -> None:
    with database.transaction() as session:
        of = sample.topic(session, "话题", sample.at(18, 9))
        number = sample.incident(
            session, of, "7K2", sample.at(18, 9), sample.at(18, 9), "dismissed"
        )
        sample.trail(
            session,
            number,
            (sample.at(18, 9), "open", 2, "open", "engine"),
            (sample.at(18, 10), "dismiss", 2, "dismissed", "zhang"),
        )

    team = _report(database).response

    assert [one.counts for one in team.incidents] == [False]
    assert team.timings[0].done.value == 0
