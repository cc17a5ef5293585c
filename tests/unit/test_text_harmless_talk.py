"""Talk of harm (elsewhere, rates, lessons, commonplaces, fears) is none, and hides none."""

from __future__ import annotations

import pytest

from monitor.text.evidence import blamed_with, only_talk

TALK = [
    # of another place
    "刷到外省一家医院误诊的新闻,我明天正好要去清河医院复查",
    "别的医院也发生过误诊,清河医院这次看得很细",
    "外地有人打针后休克,孩子下周在清河医院打疫苗,有点慌",
    "国外的医院都出现过手术失误,清河医院算稳的了",
    # rates and odds
    "清河医院的误诊率在全市算低的吗?",
    "这个病误诊的概率有多大,清河医院能查吗",
    "手术失误的风险清河医院都写在同意书里了",
    "外地医院误诊率高得吓人,还是清河医院放心",
    "这个病误诊率那么高,清河医院一次就看准了",
    # lessons
    "清河医院的公众号教大家减少误诊",
    "在清河医院听了一场讲座,讲的是甲状腺误诊的几个例子",
    "清河医院的大夫说这种皮疹容易误诊,让我多做一项检查",
    # commonplaces
    "误诊哪里都有,清河医院已经算好的",
    "说句公道话,哪家医院没有误诊,清河医院起码态度好",
    # fears
    "在清河医院拿了结果,我总怕是误诊",
    "很担心清河医院会误诊,该不该去省城",
    "我不怕清河医院误诊,信得过",
    "担心误诊,不过没逃过专家的眼睛,清河医院看得准",
    "网上说医院误诊率高得离谱,清河医院还行",
    "在清河医院总怕误诊,偏偏医生又忙,没顾上问",
    "医生容易误诊的十种病,清河医院公众号",
    "误诊在所难免,医生也是人,清河医院态度挺好",
    "误诊谁都怕,我们没碰上,清河医院挺好",
    "老人一个人去清河医院,会不会被误诊啊",
]
ACCUSED = [
    "误诊率高?我妈就被清河医院误诊了",
    "担心误诊,去清河医院果然误诊了",
    "一直怕清河医院误诊,果然应验了",
    "恐怕是清河医院误诊了",
    "外地患者在清河医院被误诊",
    "去了外地医院才知道清河医院误诊",
    "换了另一家医院发现清河医院误诊",
    "别的医院说清河医院是误诊",
    "其他医院查出来是清河医院误诊",
    "讲座讲得好听,我爸在清河医院被误诊",
    "说好减少误诊,清河医院把我弟误诊成胃炎",
    "哪怕清河医院误诊了也不认账",
    "清河医院怎么会误诊成这样",
    "误诊哪里都有,可清河医院误诊以后还篡改病历",
    "外地有医院误诊,清河医院也误诊了我奶奶",
    "清河医院的其他医生也误诊过",
    "关于误诊一事,清河医院欠我们一个交代",
    "清河医院培训不到位,连着误诊两个病人",
    "清河医院轻易误诊",
    "清河医院误诊的可能性很大,病历都在我手上",
    "律师看过,清河医院误诊的概率极大",
    "最怕的误诊还是在清河医院发生了",
    "不怕报复清河医院误诊害死人",
    "怕被删帖先截图清河医院误诊",
    "清河医院误诊哪都没人管",
    "清河医院误诊率高得吓人,大家别去",
    "清河医院误诊的比例那么高,我妈就是其中一个",
    "早就担心清河医院误诊,没想到一语成谶",
    "怕就怕清河医院误诊,偏偏就遇上了",
    "害怕清河医院误诊,最终还是没躲过",
    "清河医院误诊,到处都投诉无门",
    "清河医院误诊到处都不受理,我妈还在病床上",
    # talk thrown back, or come home
    "误诊难免?难免就可以不赔吗,清河医院",
    "误诊难免就不用道歉?清河医院",
    "清河医院一句误诊在所难免就打发了我们",
    "误诊谁都怕,我们全家在清河医院碰上了",
    # people prone to it
    "那个专家很容易误诊,我们都遇到过,清河医院的",
    "清河医院内科那几个大夫特别容易误诊",
    # the coy «某»
    "某市某医院误诊,说的就是清河医院",
]


@pytest.mark.parametrize("text", TALK)
def test_talk_of_harm_blames_nobody_here(text: str) -> None:
    assert blamed_with(text, "清河医院") is None


@pytest.mark.parametrize("text", ACCUSED)
def test_an_accusation_stays_one_among_talk(text: str) -> None:
    assert blamed_with(text, "清河医院")
    assert not only_talk(text)


def test_a_consequence_told_of_another_place_is_still_talk() -> None:
    assert only_talk("外地有医院误诊,外地有人休克,清河医院没事吧")
    assert not only_talk("我总怕误诊,现在我爸休克了")


@pytest.mark.parametrize(
    "text", ["换了另一家医院发现误诊了,清河医院害人", "去别的医院发现误诊,我要告清河医院"]
)
def test_what_another_hospital_found_is_no_talk_of_another_place(text: str) -> None:
    assert not only_talk(text)


def test_a_text_without_a_word_of_blame_is_no_talk_of_it() -> None:
    assert not only_talk("清河医院排队两个小时")


def test_a_coy_name_is_no_other_place_once_it_is_owned_up_to() -> None:
    assert not only_talk("某市医院误诊了我爸,坐标清河医院")
    assert only_talk("某市医院误诊了孩子,网友热议,清河医院加强培训")
