"""Sources that failed or fell silent in the week."""

from __future__ import annotations

from datetime import timedelta

from monitor.reports.coverage import SourceLine, coverage
from monitor.reports.rows import Crawl, Reject, Watched
from monitor.reports.week import Week

WEEK = Week(2026, 47)
HOUR = timedelta(hours=1)


def _line(*crawls: Crawl, watched: Watched) -> SourceLine:
    return coverage(crawls, (watched,), (), WEEK.start, WEEK.end).sources[0]


def _every(hours: int, *, until: int = 168) -> tuple[Crawl, ...]:
    return tuple(
        Crawl(n, "论坛", WEEK.start + n * HOUR, failed=False, items=1)
        for n in range(0, until, hours)
    )


def test_a_source_that_brings_something_often_enough_is_in_order() -> None:
    line = _line(*_every(3), watched=Watched("论坛", WEEK.start, 6 * HOUR))

    assert not line.troubled
    assert line.longest_gap == 3 * HOUR


def test_a_source_that_brings_nothing_for_too_long_was_silent_although_it_answered() -> None:
    answers = tuple(
        Crawl(1000 + n, "论坛", WEEK.start + n * HOUR, failed=False, items=0)
        for n in range(100, 168)
    )

    line = _line(*_every(3, until=100), *answers, watched=Watched("论坛", WEEK.start, 6 * HOUR))

    assert line.silent
    assert line.longest_gap == 69 * HOUR


def test_silence_that_began_before_the_week_counts_from_its_beginning() -> None:
    began = WEEK.start - 10 * HOUR
    watched = Watched("论坛", began - 50 * HOUR, 300 * HOUR, last_before=began)

    assert _line(watched=watched).longest_gap == 178 * HOUR


def test_a_source_added_on_friday_was_not_silent_on_monday() -> None:
    friday = WEEK.start + 100 * HOUR
    crawls = tuple(one for one in _every(3) if one.at >= friday)

    assert not _line(*crawls, watched=Watched("论坛", friday, 6 * HOUR)).silent


def test_failed_runs_are_named() -> None:
    failed = Crawl(77, "论坛", WEEK.start + HOUR, failed=True, items=0)

    line = _line(*_every(3), failed, watched=Watched("论坛", WEEK.start, 6 * HOUR))

    assert line.failed.ids == (77,)
    assert line.troubled


def test_the_time_without_sight_is_added_up_from_run_to_run() -> None:
    def at(hour: int, *, blind: bool) -> Crawl:
        return Crawl(hour, "微博", WEEK.start + hour * HOUR, failed=blind, items=1, blind=blind)

    crawls = (at(0, blind=False), at(3, blind=True), at(5, blind=True), at(9, blind=False))

    line = _line(*crawls, watched=Watched("微博", WEEK.start))

    assert (line.blind, line.silent, line.troubled) == (6 * HOUR, False, True)


def test_a_source_no_longer_configured_is_still_told_of() -> None:
    found = coverage(_every(3), (), (), WEEK.start, WEEK.end)

    assert [(one.name, one.runs.value, one.silent) for one in found.sources] == [
        ("论坛", 56, False)
    ]


def test_rejects_are_counted_by_source() -> None:
    rejects = (Reject(1, "论坛", "缺少编号"), Reject(2, "论坛", "在未来"), Reject(3, "日报", "空"))

    found = coverage((), (), rejects, WEEK.start, WEEK.end)

    assert found.rejected.ids == (1, 2, 3)
    told = [(name, figure.ids) for name, figure, _ in found.rejected_by_source]
    assert told == [("日报", (3,)), ("论坛", (1, 2))]
