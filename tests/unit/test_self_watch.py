"""What the installation says of its own troubles, and when it says it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.self_watch import AGAIN, Known, Limits, Pulse, Trouble, is_stuck, news, troubles

NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LIMITS = Limits(free_bytes=500 * 2**20, channel_failing=10 * MINUTE)


def keys(pulse: Pulse) -> list[str]:
    return [one.key for one in troubles(pulse, LIMITS, NOW)]


def test_a_quiet_night_is_no_trouble() -> None:
    calm = Pulse(
        rounds={"collecting": 14 * MINUTE, "deciding": MINUTE},
        failing={"judge": (MINUTE / 2, "RuntimeError")},
        channels={"群": NOW - 9 * MINUTE},
        ears={"飞书": (9 * MINUTE, "正在重连")},
        free_bytes=501 * 2**20,
        unjudged=NOW - 9 * MINUTE,
        late_call=NOW + 5 * MINUTE,
        late_page=NOW - MINUTE,
    )
    assert keys(calm) == []


@pytest.mark.parametrize(
    ("pulse", "key", "grave"),
    [
        (Pulse(late_call=NOW - 2 * MINUTE), "late-call", True),
        (Pulse(late_page=NOW - 3 * MINUTE), "late-page", True),
        (Pulse(rounds={"deciding": 3 * MINUTE}), "round-deciding", True),
        (Pulse(rounds={"collecting": 16 * MINUTE}), "round-collecting", True),
        (Pulse(unjudged=NOW - 11 * MINUTE), "unjudged", True),
        (Pulse(failing={"judge": (2 * MINUTE, "RuntimeError")}), "step-judge", True),
        (Pulse(free_bytes=499 * 2**20), "disk", False),
        (Pulse(channels={"群": NOW - 11 * MINUTE}), "channel-群", False),
        (Pulse(ears={"回信邮箱": (11 * MINUTE, "密码不对")}), "ear-回信邮箱", False),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_trouble_is_named_and_only_what_risks_an_alarm_is_grave(
    pulse: Pulse, key: str, grave: bool
) -> None:
    (found,) = troubles(pulse, LIMITS, NOW)
    assert (found.key, found.grave) == (key, grave)
    assert found.text.endswith(("日志", "空间", "怎么说", "办法"))


def test_a_crawl_may_take_longer_than_a_decision() -> None:
    assert not is_stuck("collecting", 5 * MINUTE)
    assert is_stuck("deciding", 5 * MINUTE)


def test_a_trouble_is_told_once_again_after_half_a_day_and_at_its_end() -> None:
    disk = (Trouble("disk", "磁盘只剩 3 MB"),)

    first = news(disk, {}, NOW)
    later = news(disk, first.known, NOW + MINUTE)
    next_shift = news(disk, later.known, NOW + AGAIN)
    over = news((), next_shift.known, NOW + AGAIN + MINUTE)

    assert [text for _, text in first.tell] == ["磁盘只剩 3 MB"]
    assert later.tell == ()
    assert len(next_shift.tell) == 1
    assert [text for _, text in over.tell] == ["恢复了：磁盘只剩 3 MB"]
    assert over.known == {}


@given(st.integers(-6 * 60, 6 * 60))
def test_a_clock_that_jumps_tells_a_trouble_at_most_once_more(minutes: int) -> None:
    known = {"disk": Known(NOW, NOW, "磁盘只剩 3 MB")}
    jumped = NOW + minutes * MINUTE
    told = news((Trouble("disk", "磁盘只剩 3 MB"),), known, jumped)
    again = news((Trouble("disk", "磁盘只剩 3 MB"),), told.known, jumped + MINUTE)
    assert len(told.tell) <= 1
    assert again.tell == ()
