"""Attribution: a text that names two institutions is read for each on its own words."""

from __future__ import annotations

import re
import time

import pytest

from monitor.matching import Brand, Matcher
from monitor.text.attribution import nearest, sentences_about
from monitor.text.span import Span

OURS = Matcher([Brand("清河互联网医院", ("清河医院", "清河在线", "qinghe hospital"))])


def _about(text: str) -> str:
    return sentences_about(text, [span for hit in OURS.match(text) for span in hit.terms])


def _about_name(text: str, name: str) -> str:
    return sentences_about(text, [Span(name, m.start(), m.end()) for m in re.finditer(name, text)])


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("在清河医院误诊,转到东山医院才确诊,医生很好。", "在清河医院误诊,"),
        ("东山医院服务好。清河医院误诊!一直不道歉。", "清河医院误诊!一直不道歉。"),
        (
            "昨天带孩子看病,在清河医院等了三小时,东山医院就快。",
            "昨天带孩子看病,在清河医院等了三小时,",
        ),
        ("清河医院误诊,转到第二人民医院才确诊", "清河医院误诊,"),
        ("清河医院误诊,东岳集团收费还高", "清河医院误诊,"),
        ("清河医院误诊 转到东山医院才确诊 医生很好", "清河医院误诊"),
        ("清河医院:排队两小时。东山医院:排队十分钟。", "清河医院:排队两小时。"),
        ("#清河医院# 东山医院又上热搜了,护士打人", "#清河医院#"),
        ("我在清河医院上班,昨天在东山医院看牙,被坑了两千", "我在清河医院上班,"),
        (
            "Qinghe Hospital was awful, went to East Hill Hospital, they were great.",
            "Qinghe Hospital was awful,",
        ),
    ],
)
def test_another_institution_takes_its_own_words_away(text: str, own: str) -> None:
    assert _about(text) == own


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("这次多亏清河医院!都怪县医院误诊", "这次多亏清河医院!"),
        (
            "东山医院把片子弄丢了!还好清河医院的王主任给重新看了,感激",
            "还好清河医院的王主任给重新看了,感激",
        ),
        ("别的医院都不收,清河医院收了我爸,感谢", "清河医院收了我爸,感谢"),
        ("去协和没挂上号,清河医院的医生倒很耐心", "清河医院的医生倒很耐心"),
        ("还是清河医院好,东山医院的护士翻白眼", "还是清河医院好,"),
        (
            "感谢清河医院儿科,在东山医院被当成普通感冒,是你们发现了心肌炎",
            "感谢清河医院儿科,是你们发现了心肌炎",
        ),
    ],
)
def test_praise_of_ours_and_blame_of_another_is_praise(text: str, own: str) -> None:
    assert _about(text) == own


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("清河医院比人民医院强多了", "清河医院比别家强多了"),
        ("清河医院的医生比人民医院的耐心", "清河医院的医生比别家的耐心"),
        ("清河医院不如协和", "清河医院不如别家"),
        ("清河医院比不上市一院", "清河医院比不上别家"),
        ("清河医院没有东山医院好", "清河医院没有别家好"),
        ("清河医院跟东山医院没法比", "清河医院差,不如别家"),
        ("清河医院和东山医院比,贵太多了", "清河医院和别家比,贵太多了"),
        ("清河医院不像东山医院那么黑", "清河医院没有那么黑"),
        ("清河医院吊打东山医院,服务没话说", "清河医院吊打别家,服务没话说"),
        ("清河在线比好大夫便宜,就是回复慢", "清河在线比别家便宜,就是回复慢"),
        ("不像X医院那么黑,清河医院收费很透明", "清河医院收费很透明"),
        ("清河医院比我们医院强多了", "清河医院比别家强多了"),
        (
            "在清河医院看的,比东山医院强多了,医生也耐心",
            "在清河医院看的,比别家强多了,医生也耐心",
        ),
        ("听说清河医院不错,去了才发现还不如东山医院", "听说清河医院不错,去了才发现还不如别家"),
    ],
)
def test_a_comparison_keeps_what_it_says_of_ours(text: str, own: str) -> None:
    assert _about(text) == own


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("人民医院比清河医院强多了", "清河医院差,不如别家"),
        ("东山医院比清河医院差远了", "清河医院好,比别家强"),
        ("东山医院不比清河医院好", "清河医院不比别家差"),
        ("协和不如清河医院", "清河医院好,比别家强"),
        ("东山医院没有清河医院贵", "清河医院贵"),
        ("东山医院跟清河医院没法比", "清河医院好,比别家强"),
        ("东山医院不像清河医院那样乱收费", "清河医院那样乱收费"),
        ("比起清河医院,东山医院便宜多了", "清河医院差,不如别家,"),
        ("东山医院真不错,比清河医院强多了,护士也好", "清河医院差,不如别家,"),
        ("人民医院、中医院都去过,都没清河医院好", "清河医院好"),
    ],
)
def test_praise_of_another_over_ours_is_turned_to_what_it_says_of_ours(text: str, own: str) -> None:
    assert _about(text) == own


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("从X医院转到清河医院才治好", "转到清河医院才治好"),
        ("从清河医院转到东山医院才治好,医生很负责", "在清河医院没治好,"),
        ("清河医院看了半个月转到省立医院才确诊", "在清河医院看了半个月没确诊"),
        ("清河医院误诊转到东山医院才确诊,医生很好", "清河医院误诊,"),
        ("我妈在市一院住了半个月没好,转清河医院三天就退烧了", "转清河医院三天就退烧了"),
        ("东山医院服务态度差清河医院服务态度好", "清河医院服务态度好"),
        ("清河医院贵但东山医院便宜", "清河医院贵"),
        ("误诊的不是东山医院,是清河医院", "误诊的,是清河医院"),
        ("清河医院查不出来,后来换了一家,一下就确诊了", "清河医院查不出来,"),
        ("对面那家态度差死了,清河医院的护士特别好", "清河医院的护士特别好"),
        ("清河医院误诊,东山医院接的。东山那边一看就说是骨折", "清河医院误诊,"),
        (
            "清河互联网医院和好大夫都用过,好大夫的客服秒回,清河的半天没人",
            "清河互联网医院和好大夫都用过,清河的半天没人",
        ),
        (
            "清河医院和东山医院我都去过,前者排队久,后者服务好",
            "清河医院和东山医院我都去过,前者排队久,",
        ),
    ],
)
def test_a_move_or_a_contrast_gives_each_its_side(text: str, own: str) -> None:
    assert _about(text) == own


@pytest.mark.parametrize(
    "text",
    [
        "清河医院和东山医院都收费贵",
        "清河医院、东山医院、第二人民医院都涨价了",
        "清河医院和东山医院一样黑",
        "清河医院和东山医院两家都不退钱",
        "清河医院让我转到东山医院,到了又说没床位",
        "东山医院起诉清河医院侵权,索赔百万",
        "清河医院与东山医院签约共建医联体",
    ],
)
def test_what_is_said_of_both_is_said_of_ours(text: str) -> None:
    assert _about(text) == text


@pytest.mark.parametrize(
    ("text", "own"),
    [
        (
            "在清河医院挂的水,连夜送到儿童医院抢救,孩子还是没了,那边的护士很好",
            "在清河医院挂的水,连夜送到儿童医院抢救,孩子还是没了,",
        ),
        ("清河医院输错液转到东山医院抢救无效死亡", "清河医院输错液转到东山医院抢救无效死亡"),
        (
            "清河医院说没事,转到东山医院,东山医院的医生说再晚就没命了",
            "清河医院说没事,东山医院的医生说再晚就没命了",
        ),
        ("从清河医院转到东山医院,东山医院误诊,孩子死亡", "从清河医院,"),
    ],
)
def test_what_became_of_the_patient_elsewhere_counts_unless_they_are_blamed(
    text: str, own: str
) -> None:
    assert _about(text) == own


@pytest.mark.parametrize(
    "text",
    [
        "清河医院误诊。后来去了一家医院,这家医院也没办法。",
        "清河医院太差了!别去医院了。保险公司也不赔。",
        "孩子先去的社区医院,开了药没用,第二天去清河医院,医生很细心",
        "我们公司组织体检,在清河医院,态度还行",
        "清河医院回应:我院高度重视,已成立调查组",
        "清河互联网医院不错,清河医院的体检中心也快",
        "清河医院总院不错,清河医院第二门诊部一般",
        "隔壁老王在清河医院住院,说饭菜不错",
    ],
)
def test_nobody_in_particular_takes_nothing_away(text: str) -> None:
    assert _about(text) == text


def test_names_may_come_in_any_order() -> None:
    text = "清河医院误诊,东山医院确诊,清河医院不道歉"
    spans = [Span("清河医院", 14, 18), Span("清河医院", 0, 4)]
    assert sentences_about(text, spans) == "清河医院误诊,清河医院不道歉"


def test_a_short_alias_before_the_word_hospital_is_still_the_brand() -> None:
    assert _about_name("清河医院误诊,很生气", "清河") == "清河医院误诊,很生气"


def test_a_short_alias_that_begins_a_longer_name_is_not_the_brand() -> None:
    text = "清河的客服很好。清河县人民医院误诊,不道歉。"
    assert _about_name(text, "清河") == "清河的客服很好。"


def test_a_body_speaks_of_whom_its_title_names() -> None:
    text = "清河医院误诊 转到东山医院才确诊\n孩子发烧三天,医生只开了退烧药。"
    assert _about(text) == "清河医院误诊 孩子发烧三天,医生只开了退烧药。"


def test_two_brands_of_one_configuration_take_their_own_words() -> None:
    text = "小桔问诊回复快,绿洲药房发错了药"
    orange, oasis = Span("小桔问诊", 0, 4), Span("绿洲药房", 8, 12)

    assert sentences_about(text, [orange], [oasis]) == "小桔问诊回复快,"
    assert sentences_about(text, [oasis], [orange]) == "绿洲药房发错了药"


def test_a_long_page_keeps_its_first_sentence_and_those_that_name_us() -> None:
    text = "行业观察。" + "天气不错。" * 100 + "清河医院误诊。家属报警。" + "天气不错。" * 100

    short = nearest(text, ["清河医院"], 40)

    assert short.startswith("行业观察。天气不错。")
    assert "清河医院误诊。家属报警。" in short
    assert len(short) <= 40


def test_a_long_text_is_read_in_linear_time() -> None:
    text = "清河医院误诊,东山医院确诊。" * 10_000
    begin = time.process_time()
    assert _about_name(text, "清河医院").startswith("清河医院误诊,清河医院误诊,")
    assert time.process_time() - begin < 8


@pytest.mark.parametrize("text", ["a.b&c'" * 20_000, "清河医院" + "比" * 30_000, "医院" * 30_000])
def test_a_hostile_text_is_read_in_linear_time(text: str) -> None:
    begin = time.process_time()
    _about_name(f"清河医院 {text} 东山医院", "清河医院")
    assert time.process_time() - begin < 8


def test_a_text_that_names_nobody_else_costs_next_to_nothing() -> None:
    """Mean of 1,000 readings, the best of five; 0.03 ms were measured, 0.1 ms can be spared."""
    text = "昨天带孩子去清河医院看发烧,排了三个小时的队,医生三分钟就打发了,花了八百多。" * 2
    spans = [Span("清河医院", m.start(), m.end()) for m in re.finditer("清河医院", text)]

    def seconds() -> float:
        begin = time.process_time()
        for _ in range(1000):
            sentences_about(text, spans)
        return time.process_time() - begin

    assert min(seconds() for _ in range(5)) < 0.1
