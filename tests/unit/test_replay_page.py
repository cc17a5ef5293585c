"""The picture of a replay: marks in their places, hostile words harmless, readable without eyes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.mention import SHANGHAI
from monitor.domain.tier import Tier
from monitor.reports import replay_chart as chart
from monitor.reports.replay_chart import Moment, picture
from monitor.reports.replay_page import Change, render

NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
BANDS = (30.0, 50.0, 65.0, 80.0)


def moment(hours: float, mentions: int, heat: float = 20.0, tier: Tier = Tier.NONE) -> Moment:
    return Moment(NOON + timedelta(hours=hours), mentions, heat, tier)


STORY = (
    moment(0, 1),
    moment(3, 4, 40, Tier.ORANGE),
    moment(5, 9, 66, Tier.RED),
    moment(20, 10, 10, Tier.RED),
)


def page(brand: str = "清河医院", reason: str = "两个独立来源") -> str:
    changes = [
        Change(Tier.ORANGE, STORY[1].at, 180.0, 4, reason),
        Change(Tier.RED, STORY[2].at, 300.0, 9, reason),
    ]
    return render(
        brand=brand, moments=STORY, changes=changes, bands=BANDS, policy="p-1", zone=SHANGHAI
    )


def test_every_mention_is_counted_once_in_the_stretch_in_which_it_came() -> None:
    drawn = picture(STORY, BANDS, SHANGHAI)

    assert [bar.count for bar in drawn.bars] == [1, 3, 5, 1]
    assert drawn.most == 5


def test_tiers_stand_one_after_the_other_the_louder_the_higher() -> None:
    orange, red = picture(STORY, BANDS, SHANGHAI).blocks

    assert (orange.tier, red.tier) == (Tier.ORANGE, Tier.RED)
    assert orange.x + orange.width == red.x
    assert red.height > orange.height
    assert red.x + red.width == chart.WIDTH - chart.RIGHT


def test_nights_are_shaded_from_ten_to_eight() -> None:
    ((left, width),) = picture(STORY, BANDS, SHANGHAI).nights
    hour = (chart.WIDTH - chart.LEFT - chart.RIGHT) / 20

    assert abs(left - (chart.LEFT + 10 * hour)) < 0.2  # noon to ten in the evening
    assert abs(width - 10 * hour) < 0.2


MOMENTS = st.lists(
    st.tuples(st.integers(0, 60 * 24 * 90), st.integers(0, 50), st.floats(0, 100)),
    min_size=1,
    max_size=20,
)


@given(MOMENTS)
def test_nothing_is_drawn_outside_its_panel_and_no_mention_is_lost(
    given_: list[tuple[int, int, float]],
) -> None:
    total, moments = 0, []
    for minutes, new, heat in sorted(given_):
        total += new
        at = NOON + timedelta(minutes=minutes)
        moments.append(Moment(at, total, heat, Tier(min(3, new // 10))))

    drawn = picture(moments, BANDS, SHANGHAI)

    assert sum(bar.count for bar in drawn.bars) == total
    places = [*(bar.x for bar in drawn.bars), *(tick.at for tick in drawn.ticks)]
    assert all(chart.LEFT <= place <= chart.WIDTH for place in places)
    assert all(chart.TIERS[0] <= block.y <= chart.TIERS[1] for block in drawn.blocks)
    assert len(drawn.bars) <= chart.BARS + 1
    heights = [float(point.split(",")[1]) for point in drawn.heat_line.split()]
    assert all(chart.HEAT[0] <= height <= chart.HEAT[1] for height in heights)


def test_hostile_words_do_nothing() -> None:
    html = page("<script>x</script>", '"><img src=x onerror=alert(1)>')

    assert "<script" not in html
    assert "<img" not in html
    assert "script" in html  # shown, as words


def test_the_page_loads_nothing_and_tells_its_story_in_words() -> None:
    html = page()

    assert not re.search(r"(src|href)=|url\(|@import|<script|https?:(?!//www\.w3)", html)
    assert "default-src 'none'" in html
    assert 'role="img" aria-labelledby="picture-title picture-words"' in html
    assert "2026-11-18 15:00 橙色；2026-11-18 17:00 红色" in html
    assert "prefers-color-scheme: dark" in html
    assert "@media print" in html


def test_the_drawing_is_well_formed() -> None:
    drawing = re.search(r"<svg.*?</svg>", page(), re.DOTALL)

    assert drawing is not None
    assert ET.fromstring(drawing[0]).attrib["viewBox"] == f"0 0 {chart.WIDTH} {chart.HEIGHT}"  # noqa: S314 - our own


def test_a_stream_that_never_names_the_brand_says_so() -> None:
    html = render(brand="甲", moments=(), changes=(), bands=BANDS, policy="p", zone=SHANGHAI)

    assert "没有一条提及命中这个品牌" in html
    assert "<svg" not in html
