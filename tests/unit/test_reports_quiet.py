"""What did not ring in a week: yellows below a RED of their brand, for as long as both lasted."""

from __future__ import annotations

from datetime import timedelta

from test_reports_response import RAISED, T0, WEEK, _case, _change

from monitor.domain.tier import Tier
from monitor.reports.quiet import Muted, quiet

RED = _case("7K2", RAISED, _change(600, "lower", Tier.RED, Tier.ORANGE))
SEEN = _change(100, "open", Tier.NONE, Tier.YELLOW, waits=True)
AGAIN = _change(150, "date_back", Tier.YELLOW, Tier.YELLOW, waits=True)
ACKED = _change(200, "ack", Tier.YELLOW, Tier.YELLOW)


def test_a_yellow_below_a_red_of_its_brand_is_told_until_somebody_took_it() -> None:
    yellow = _case("M4C", SEEN, AGAIN, ACKED, topic="退款三周没到账")
    elsewhere = _case("P9D", SEEN, brand="东山医院")
    told = quiet((), (RED, yellow, elsewhere), WEEK.start, WEEK.end).muted

    start, end = T0 + timedelta(minutes=100), T0 + timedelta(minutes=200)
    assert told == (Muted("M4C", "退款三周没到账", "7K2", start, end),)


def test_a_yellow_that_outlasts_the_red_is_muted_until_its_end() -> None:
    (one,) = quiet((), (RED, _case("M4C", SEEN)), WEEK.start, WEEK.end).muted

    assert one.end == T0 + timedelta(minutes=600)
