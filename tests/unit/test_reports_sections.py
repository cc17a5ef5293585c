"""What was said of a brand in a week, counted by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.domain.mention import SHANGHAI
from monitor.reports.figures import Figure
from monitor.reports.rows import Gathered, Seen
from monitor.reports.week import Week
from monitor.reports.weekly import WeeklyReport, build, plain

WEEK = Week(2026, 47)
OWN, OTHER = "清河互联网医院", "清河口腔"
AFTER = WEEK.end + timedelta(hours=9)


def _at(day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def _report(*seen: Seen, as_of: datetime = AFTER, brands: tuple[str, ...] = (OWN,)) -> WeeklyReport:
    return build(Gathered(brands=brands, seen=seen), WEEK, as_of)


def test_a_mention_belongs_to_the_shanghai_day_of_its_publication() -> None:
    late = Seen(1, OWN, _at(22, 23, 59))
    early = Seen(2, OWN, _at(16, 0, 0))
    next_week = Seen(3, OWN, _at(23, 0, 0))

    own = _report(late, early, next_week).brands[0]

    assert own.volume.ids == (2, 1)
    assert [bar.total.ids for bar in own.days] == [(2,), (), (), (), (), (), (1,)]
    assert own.hours[0].total.ids == (2,)
    assert own.hours[23].total.ids == (1,)


def test_days_and_hours_each_add_up_to_the_volume() -> None:
    own = _report(*(Seen(n, OWN, _at(16 + n % 7, n % 24)) for n in range(50))).brands[0]

    assert sum(bar.total.value for bar in own.days) == own.volume.value == 50
    assert sum(bar.total.value for bar in own.hours) == 50


def test_the_baseline_is_the_28_days_before_and_not_a_day_more() -> None:
    first, last = WEEK.start - timedelta(days=28), WEEK.start - timedelta(minutes=1)
    seen = (
        Seen(1, OWN, first - timedelta(minutes=1)),
        Seen(2, OWN, first),
        Seen(3, OWN, last, negative=True),
    )

    own = _report(*seen).brands[0]

    assert own.before.ids == (2, 3)
    assert own.share_before.part.ids == (3,)
    assert own.volume.value == 0


def test_mentions_the_model_has_not_read_count_as_volume_and_in_no_share() -> None:
    own = _report(Seen(1, OWN, _at(17), negative=True), Seen(2, OWN, _at(17), judged=False)).brands[
        0
    ]

    assert own.volume.value == 2
    assert (own.share.part.ids, own.share.whole.ids) == ((1,), (1,))
    assert own.unjudged.ids == (2,)


def test_a_mention_of_two_brands_counts_once_over_all() -> None:
    report = _report(Seen(1, OWN, _at(17)), Seen(1, OTHER, _at(17)), brands=(OWN, OTHER))

    assert [one.volume.value for one in report.brands] == [1, 1]
    assert report.overall.volume.ids == (1,)


def test_claims_are_counted_by_kind_the_most_frequent_first() -> None:
    risks = ["fees_fraud", "patient_safety", "patient_safety", None]
    own = _report(*(Seen(n, OWN, _at(17), risk=risk) for n, risk in enumerate(risks))).brands[0]

    told = [(one.label, one.mentions.ids) for one in own.claims]
    assert told == [("患者安全", (1, 2)), ("收费与欺诈", (0,))]


def test_a_running_week_ends_now_and_its_later_days_are_still_to_come() -> None:
    report = _report(Seen(1, OWN, _at(17)), Seen(2, OWN, _at(18, 13)), as_of=_at(18, 12))

    assert report.running
    assert report.brands[0].volume.ids == (1,)
    assert [bar.reached for bar in report.brands[0].days] == [True] * 3 + [False] * 4


def test_a_week_without_anything_is_empty() -> None:
    assert _report().empty
    assert not _report(Seen(1, OWN, _at(17))).empty


def test_every_figure_as_json_is_the_count_of_its_ids() -> None:
    document = plain(_report(*(Seen(n, OWN, _at(17), negative=n % 2 == 0) for n in range(12))))

    figures = list(_figures(document))
    assert len(figures) > 60
    assert all(one["value"] == len(one["ids"]) and one["query"] for one in figures)
    assert document["week"] == "2026-W47"
    assert document["brands"][0]["share"]["share"] == 0.5


def _figures(value: object) -> list[dict[str, list[object]]]:
    if isinstance(value, dict):
        if "ids" in value:
            return [value]
        return [figure for one in value.values() for figure in _figures(one)]
    return [figure for one in value for figure in _figures(one)] if isinstance(value, list) else []


def test_a_figure_cannot_be_given_a_number_of_its_own() -> None:
    assert Figure("提及", "", (4, 5, 6)).value == 3
