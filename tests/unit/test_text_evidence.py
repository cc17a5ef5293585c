"""Signs of credibility, gravity and blame: read by explainable words, not by denials."""

from __future__ import annotations

import pytest

from monitor.text.evidence import (
    blamed_with,
    credibility_signs,
    explain,
    floor_signs,
    laid_at_door,
)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("昨晚在急诊等到十二点", "date_or_place"),
        ("9月10日下午", "date_or_place"),
        ("手术后昏迷不醒", "consequence"),
        ("被多收了3000元", "consequence"),
        ("病历和录音我都有", "document_or_photo"),
        ("妇产科的张某医生", "named_department_or_person"),
        ("王主任说没事", "named_department_or_person"),
    ],
)
def test_a_credible_claim_shows_its_signs(text: str, sign: str) -> None:
    assert sign in credibility_signs(text)


def test_a_bare_complaint_shows_no_sign() -> None:
    assert credibility_signs("这家医院太垃圾了,大家别去") == frozenset()


@pytest.mark.parametrize(
    "text", ["没有死亡病例", "火灾未造成人员死亡", "排队累死了", "防止出现死亡", "死亡率很低"]
)
def test_a_denied_or_figurative_death_is_none(text: str) -> None:
    assert "death" not in floor_signs(text)
    assert "consequence" not in credibility_signs(text)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("抢救无效死亡", "death"),
        ("孩子没抢救过来", "death"),
        ("四个月的女儿", "minor"),
        ("患者今年17岁", "minor"),
        ("市卫健委发布情况通报", "official_notice"),
        ("市场监管局已立案", "official_notice"),
        ("据新华社报道", "national_media"),
        ("央视新闻:医院回应", "national_media"),
        ("就在住院楼里", "on_premises"),
        ("从12楼跳下", "on_premises"),
    ],
)
def test_a_grave_text_shows_its_floor_sign(text: str, sign: str) -> None:
    assert sign in floor_signs(text)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("患者今年70岁", "minor"),
        ("我已经向卫健委投诉", "official_notice"),
        ("请卫健委调查", "official_notice"),
        ("希望央视曝光他们", "national_media"),
        ("来参加节目的新华社记者张某某,车被砸了", "national_media"),
    ],
)
def test_a_wish_or_a_bystander_is_no_floor_sign(text: str, sign: str) -> None:
    assert sign not in floor_signs(text)


def test_every_sign_points_at_its_words() -> None:
    text = "昨晚清河医院误诊,孩子没了,病历在我手里"
    signs = {(sign, text[start:end]) for sign, start, end in explain(text)}
    assert {("date_or_place", "昨晚"), ("minor", "孩子"), ("document_or_photo", "病历")} <= signs
    assert credibility_signs(text) | floor_signs(text) == {sign for sign, _ in signs}


@pytest.mark.parametrize(
    "text",
    [
        "清河医院误诊,孩子没了",
        "清河医院抢救不及时,人没救回来",
        "护士给孩子输错液,清河医院还推诿",
        "交不起费,清河医院就停药",
        "一女子在清河医院住院楼跳楼",
        "我妈在清河医院手术后昏迷不醒",
        "清河医院没做皮试就打针",
        "清河医院泄露患者信息",
        "在清河医院做手术感染了",
        "清河医院回应报告单套错",
        "清河医院是否应该承担责任,医院承担什么责任?",
        "东山医院说没问题,清河医院却误诊了",
    ],
)
def test_harm_laid_at_the_door_is_seen(text: str) -> None:
    assert laid_at_door(text, "清河医院")


@pytest.mark.parametrize(
    "text",
    [
        "某先生在清河医院去世,沉痛哀悼",
        "老先生因病医治无效,在清河医院逝世,一路走好",
        "车祸伤者已送清河医院,一人死亡",
        "辟谣:网传清河医院误诊致死不属实",
        "清河医院没有误诊",
        "如果清河医院误诊了怎么办",
        "在东山医院误诊,后来到清河医院治好了",
        "清河医院感染科电话多少",
        "清河医院体检跳楼价",
        "清河医院专家谈甲流感染高峰什么时候过去",
        "清河医院发热门诊接诊感染新冠的老人,秩序良好",
    ],
)
def test_condolence_denial_and_others_harm_are_not_laid_at_the_door(text: str) -> None:
    assert blamed_with(text, "清河医院") is None


def test_the_name_is_found_in_any_case() -> None:
    text = "QH误诊,东山医院治好了"
    assert laid_at_door(text, "qh")
    assert not laid_at_door("东山医院误诊,QH治好了", "qh")
