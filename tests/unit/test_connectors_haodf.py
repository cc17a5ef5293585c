"""好大夫在线: reviews of one's own doctors."""

from __future__ import annotations

import pytest
from connector_answers import NOW, read

from crawlers.connectors.base import Ask, WrongShapeError
from crawlers.connectors.haodf import Haodf

TITLE = "<title>李某医生的患者评价_清河互联网医院 - 好大夫在线</title>"
MENU = "<p>首页 医院 科室 疾病 咨询 预约挂号 健康号 义诊活动 我的订单</p>"
DOCTORS = {"doctor": ["1", "2", "3"]}
OPTIONS = {"doctor": ["1"]}


def ask(doctor: str = "1", page: int = 1) -> Ask:
    return Ask(
        "https://www.example/doctor/1/pingjia-fuwu.html", page=page, state={"doctor": doctor}
    )


def page(*reviews: str) -> str:
    body = "".join(f"<div class='item patient-eva'>{one}</div>" for one in reviews)
    return f"<html><head>{TITLE}</head><body>{MENU}{body}</body></html>"


REVIEW = (
    "<p>患者：张**</p><p>排队两个小时，医生只看了三分钟。</p>"
    "<a href='/bingcheng/8800001.html'></a><p>时间：2026-11-20</p>"
)


def test_a_review_keeps_its_words_and_nothing_of_the_patient() -> None:
    (record,) = read(Haodf(), page(REVIEW), ask(), options=OPTIONS).records
    assert record == {
        "id": "1:8800001",
        "title": "李某医生的患者评价_清河互联网医院",
        "text": "排队两个小时，医生只看了三分钟。",
        "url": "https://www.example/doctor/1/pingjia-fuwu.html",
        "published_at": "2026-11-19T16:00:00+00:00",
        "raw": {"kind": "review", "published_precision": "day"},
    }


def test_a_review_without_a_number_is_named_by_its_words() -> None:
    first, second = (
        read(Haodf(), page(f"<p>{said}</p>"), ask(), options=OPTIONS).records[0]["id"]
        for said in ("排队太久", "医生很好")
    )
    assert first != second
    assert read(Haodf(), page("<p>排队太久</p>"), ask(), options=OPTIONS).records[0]["id"] == first


def test_the_first_doctor_leads_to_the_others_in_every_run() -> None:
    more = read(Haodf(), page(REVIEW), ask(), options=DOCTORS).more
    assert [(one.state["doctor"], one.page) for one in more] == [("2", 1), ("3", 1), ("1", 2)]
    assert all(one.stamp == NOW.isoformat() for one in more[:2])
    (further,) = read(Haodf(), page(REVIEW), ask("2"), options=DOCTORS).more
    assert (further.state["doctor"], further.page) == ("2", 2)


def test_a_page_that_says_there_is_nothing_is_empty_and_any_other_is_another_shape() -> None:
    nothing = f"<html>{MENU}<p>该医生暂无患者评价</p></html>"
    assert read(Haodf(), nothing, ask(), options=OPTIONS).total == 0
    with pytest.raises(WrongShapeError, match="没有找到评价"):
        read(Haodf(), page(), ask(), options=OPTIONS)
    assert read(Haodf(), page(), ask(page=2), options=OPTIONS).total == 0


def test_reviews_that_hold_no_words_show_as_another_shape() -> None:
    with pytest.raises(WrongShapeError, match="一条也读不懂"):
        read(Haodf(), page("<p>患者：张**</p>"), ask(), options=OPTIONS)
