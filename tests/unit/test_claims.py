"""Whether a text is about a brand, and what it claims of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.prediction import Prediction, RiskScore, Stance
from monitor.matching import Brand, Matcher
from monitor.stations.claims import heaviest, note_claim
from monitor.store.schema import BrandMentionRow

NAME = "清河医院"
PADDING = "城东路口发生一起交通事故，一辆货车转弯时撞上公交站台，交警正在处理，过往车辆请绕行。" * 5


def judged(
    text: str,
    *codes: str,
    stance: Stance = "alleged",
    authority: str = "social",
    score: float = 0.9,
) -> BrandMentionRow:
    hits = Matcher([Brand(NAME)]).match(text)
    spans = [[span.term, span.start, span.end] for hit in hits for span in hit.terms]
    part = BrandMentionRow(
        mention_id=1,
        brand=NAME,
        hits=[{"rule": None, "terms": spans}] if spans else [],
        own_words=text,
        words_hash="",
        published_at=datetime(2026, 11, 18, tzinfo=UTC),
    )
    risk = tuple(RiskScore(code, score) for code in codes)
    note_claim(part, Prediction(0.8, 0.1, 0.1, risk, stance if risk else "none", "m@1"), authority)
    return part


def test_a_harm_laid_at_the_door_in_the_first_lines_is_a_claim() -> None:
    part = judged("清河医院昨天给孩子输错液，孩子进了抢救室", "patient_safety")

    assert (part.risk, part.attributed, part.blamed) == ("patient_safety", True, True)


def test_the_hospital_where_the_injured_were_taken_is_not_what_the_text_is_about() -> None:
    part = judged(f"{PADDING}两名伤者被送往清河医院，经抢救无效死亡。", "patient_safety")

    assert not part.attributed


def test_blame_in_the_very_sentence_that_names_it_counts_however_late_it_stands() -> None:
    part = judged(f"{PADDING}更让人气愤的是清河医院误诊，把骨折当成扭伤。", "patient_safety")

    assert part.attributed


@pytest.mark.parametrize(
    "credit",
    [
        "浴室玻璃炸裂两孩子受伤 _ 清河医院新闻",
        "浴室玻璃炸裂两孩子受伤_清河医院",
        "来源:清河医院报 孩子受伤",
    ],
)
def test_whoever_only_published_a_text_is_not_what_it_is_about(credit: str) -> None:
    assert not judged(credit, "conflict").attributed


def test_a_publisher_who_is_accused_as_well_is_what_the_text_is_about() -> None:
    part = judged("清河医院给孩子输错液，人在抢救 _ 清河医院新闻", "patient_safety")

    assert part.attributed


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("小诊所吹牛说设备堪比清河医院,其实全是租来的", False),
        ("小诊所误诊了老人,草菅人命堪比清河医院", True),
        ("小诊所设备堪比清河医院,清河医院却在停业整顿", True),
    ],
    ids=["yardstick", "yardstick for a harm", "yardstick and subject"],
)
def test_a_brand_that_others_are_measured_by_is_not_what_the_text_is_about(
    text: str, *, about: bool
) -> None:
    assert judged(text, "false_advertising").attributed is about


@pytest.mark.parametrize(("score", "blamed"), [(0.94, False), (0.95, True)])
def test_a_sure_model_needs_no_words_of_blame(score: float, blamed: bool) -> None:
    assert judged("清河医院把保胎药发成了别的药", "patient_safety", score=score).blamed is blamed


@pytest.mark.parametrize(
    ("text", "blamed"),
    [
        ("昨天去清河医院内科看头晕，医生说没什么，我还是怕误诊，要不要换一家", False),
        ("清河医院的护士核对了三遍，避免误诊", False),
        ("清河医院误诊，我早就怕误诊", True),
        ("怕清河医院误诊，结果孩子休克进了抢救室", True),
    ],
    ids=["fear", "prevention", "fear and blame", "fear and harm"],
)
def test_fear_of_a_misdiagnosis_is_none_however_sure_the_model(text: str, blamed: bool) -> None:
    assert judged(text, "patient_safety", score=0.99).blamed is blamed


def test_where_somebody_died_the_words_must_blame_however_sure_the_model() -> None:
    part = judged("清河医院通报一名研究生心源性猝死去世", "patient_safety", score=0.99)

    assert not part.blamed


def test_a_repost_that_names_nobody_is_no_claim_of_its_own() -> None:
    part = judged("太可怕了，输错液", "patient_safety")

    assert (part.attributed, part.blamed) == (False, False)


@pytest.mark.parametrize("stance", ["denied", "general"])
def test_denials_and_general_talk_are_no_claims(stance: Stance) -> None:
    assert judged("清河医院输错液？", "patient_safety", stance=stance).risk is None


@pytest.mark.parametrize(
    "text",
    [
        "清河医院今天给急诊的孩子打错针，孩子没救回来，护士长说在查，有病历照片为证",
        "清河医院今天给急诊的孩子输错液，孩子进了抢救室，护士长说在查",
    ],
)
def test_a_harm_in_plain_words_is_no_denial_whatever_the_model_hears(text: str) -> None:
    part = judged(text, "patient_safety", stance="denied")

    assert (part.risk, part.blamed, part.negative) == ("patient_safety", True, True)
    assert part.stance == "alleged"  # else the family's own words would count as a denial


@pytest.mark.parametrize(
    "text",
    ["清河医院辟谣：给孩子打错针致死不属实，已报警", "清河医院给孩子输错液，抢救无效死亡，系谣言"],
)
def test_a_denial_in_words_stays_one(text: str) -> None:
    assert judged(text, "patient_safety", stance="denied").risk is None


def test_plain_words_of_harm_count_where_the_model_sees_no_risk() -> None:
    part = judged("清河医院11月18日给孩子输错液，孩子抢救无效死亡")

    assert part.risk == "patient_safety"


def test_somebodys_death_that_nobody_lays_at_its_door_is_no_claim() -> None:
    part = judged("沉痛悼念，李先生11月18日在清河医院去世，享年八十岁")

    assert (part.risk, part.blamed) == (None, False)


@pytest.mark.parametrize(
    ("authority", "sign"), [("national_media", "national_media"), ("official", "official_notice")]
)
def test_a_source_the_configuration_calls_official_is_so_whatever_its_words(
    authority: str, sign: str
) -> None:
    part = judged("清河医院误诊", "patient_safety", authority=authority)

    assert sign in part.floors


def test_a_critical_risk_is_never_hidden_behind_a_more_probable_one() -> None:
    risks = [RiskScore("service_complaint", 0.9), RiskScore("privacy_leak", 0.6)]

    assert heaviest(risks) == risks[1]
    assert heaviest([]) is None
