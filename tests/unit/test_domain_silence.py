"""What a silence covers, and what it may be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.silence import LONGEST, Scope, Subject, covers, refusal
from monitor.domain.tier import Tier

NOW = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BRAND, ONE, FEES = Scope(brand="清河"), Scope(code="7K2"), Scope(brand="清河", risk="fees_fraud")


def about(tier: Tier, *, brand: str = "清河", restricted: bool = False) -> Subject:
    return Subject("7K2", brand, "fees_fraud", tier, restricted)


@pytest.mark.parametrize(
    ("scope", "up_to", "subject", "quiet"),
    [
        (BRAND, Tier.YELLOW, about(Tier.YELLOW), True),
        (BRAND, Tier.YELLOW, about(Tier.NONE), True),
        (BRAND, Tier.YELLOW, about(Tier.ORANGE), False),
        (BRAND, Tier.YELLOW, about(Tier.YELLOW, brand="东山"), False),
        (FEES, Tier.YELLOW, about(Tier.YELLOW), True),
        (Scope(brand="清河", risk="conflict"), Tier.YELLOW, about(Tier.YELLOW), False),
        (ONE, Tier.ORANGE, about(Tier.ORANGE), True),
        (Scope(code="M4C"), Tier.ORANGE, about(Tier.ORANGE), False),
        (ONE, Tier.ORANGE, about(Tier.RED), False),
        (ONE, Tier.RED, about(Tier.RED), False),  # nothing may ever hold a RED back
        (ONE, Tier.ORANGE, about(Tier.YELLOW, restricted=True), False),
        (Scope(source="清河日报"), Tier.YELLOW, about(Tier.YELLOW), False),
    ],
)
def test_a_silence_covers_its_scope_up_to_its_tier_and_never_red(
    scope: Scope, up_to: Tier, subject: Subject, quiet: bool
) -> None:
    assert covers(scope, up_to, subject) is quiet


@pytest.mark.parametrize(
    ("scope", "up_to", "length", "word"),
    [
        (ONE, Tier.RED, HOUR, "红色从不静默"),
        (BRAND, Tier.ORANGE, HOUR, "橙色只能按事件静默"),
        (BRAND, Tier.YELLOW, -HOUR, "已经过去"),
        (BRAND, Tier.YELLOW, HOUR / 60, "至少 5 分钟"),
        (BRAND, Tier.YELLOW, LONGEST[Tier.YELLOW] + HOUR, "黄色最长静默 7 天"),
        (ONE, Tier.ORANGE, LONGEST[Tier.ORANGE] + HOUR, "橙色最长静默 24 小时"),
    ],
)
def test_no_silence_without_a_near_end_or_wider_than_it_may_be(
    scope: Scope, up_to: Tier, length: timedelta, word: str
) -> None:
    assert word in (refusal(scope, up_to, NOW, NOW + length) or "")


@pytest.mark.parametrize("tier", list(LONGEST))
def test_the_longest_silence_is_still_one(tier: Tier) -> None:
    assert refusal(ONE, tier, NOW, NOW + LONGEST[tier]) is None
