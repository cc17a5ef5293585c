"""Reads from a text what identifies an event: what happened, to whom, and telling numbers."""

from __future__ import annotations

import re
from itertools import combinations

# What happened. Each line is one kind of event; its first word names the kind.
_HAPPENINGS = """
跳楼 坠楼 坠亡 坠下 跳下 轻生 自杀
死亡 身亡 去世 死了 离世 猝死 不治 致死 丧命 没抢救过来 没救回来 一尸两命
误诊 漏诊 诊断错 看错病 查错 没查出
延误 耽误 拖延 抢救不及时 救治不及时
手术失误 手术事故 手术意外 开错刀 切错 割错 遗留体内 留在体内 纱布
用错药 输错 输液错 打错 发错药 开错药 拿错药 配错药 错药 药物过敏 过期药
感染 院感 交叉感染
拒收 拒诊 拒绝救治 拒绝接诊 见死不救
付不起 交不起 没钱治 负担不起
瘫痪 残疾 致残 截肢
失明 毁容 窒息
昏迷 植物人 脑瘫
大出血
流产
泄露 泄密 外泄 贩卖信息 倒卖信息
偷拍
乱收费 多收 天价 多扣 重复收费
回扣 红包
骗保
打人 殴打 被打 砍伤 砍死 刺伤 持刀 伤医
医闹 围堵 拉横幅 停尸
假药 假疫苗
假医生 无证 非法行医 冒充
性侵 猥亵
辱骂 态度恶劣
火灾 爆炸
坍塌 倒塌
偷换 抱错
走失 失踪
处罚 罚款 吊销 停业
停职 立案 约谈 被查
"""
# To whom, by whom, where: too common alone, but they tell two events of one kind apart.
_PARTIES = """
孩子 婴儿 宝宝 女婴 男婴 幼儿 儿童 新生儿 患儿 女儿 儿子 男孩 女孩 宝贝
母亲 妈妈 妇女 女子 孕妇 产妇 女患者
父亲 爸爸 男子 丈夫 男患者
老人 老太 大爷 奶奶 爷爷
学生 大学生 中学生
护士 护工
主任 院长 专家 主治
急诊 急救 抢救 重症 ICU
住院楼 住院部 病房 楼顶
手术 剖腹产 剖宫产 分娩 产房 麻醉
疫苗 输液 打针 注射
医药费 医疗费
"""
_UNITS = "楼|层|岁|周岁|个月|天大|例|名|人|万元|万|元|针|瓶|床|公里|小时|分钟|刀|毫升|号楼"
_NUMBER = re.compile(rf"(?<![\d.:第])(\d{{1,6}}(?:\.\d)?)\s?多?(?:余)?({_UNITS})(?!医院)")
_TIME = re.compile(r"(?<!\d)(\d{1,2})(?:[:：]|\s?[点时]\s?)(\d{2})(?!\d)")
_HANZI_DIGITS = str.maketrans("一二两三四五六七八九", "1223456789")
_HANZI_NUMBER = re.compile(
    rf"(?<![一二三四五六七八九十百千万第])([一二两三四五六七八九])({_UNITS})"
)
# «一人», «1 元» say nothing; small round counts tell no event from another.
_VAGUE = frozenset({"1人", "1名", "1例", "1元", "1针", "1万", "1天大", "2人", "1瓶", "1床"})
_MOST = 12
# What a hospital sees so seldom that two posts within days speak of the same case.
_RARE = frozenset(
    f"!{kind}"
    for kind in (
        "跳楼",
        "偷拍",
        "手术失误",
        "用错药",
        "泄露",
        "打人",
        "假药",
        "性侵",
        "火灾",
        "偷换",
    )
)
# Only what stands early counts: a page's tail speaks of other things.
_READ = 4000


def _kinds(table: str) -> dict[str, str]:
    """Turn lines of synonyms into word → first word of its line."""
    lines = [line.split() for line in table.split("\n") if line]
    return {word: line[0] for line in lines for word in line}


def _pattern(kinds: dict[str, str]) -> re.Pattern[str]:
    """Build one alternation, longest words first."""
    return re.compile("|".join(sorted(map(re.escape, kinds), key=len, reverse=True)))


HAPPENINGS = _kinds(_HAPPENINGS)
PARTY_KINDS = _kinds(_PARTIES)
_HAPPENING = _pattern(HAPPENINGS)
_PARTY = _pattern(PARTY_KINDS)


def event_features(text: str) -> tuple[str, ...]:
    """Return, sorted and each once, !happenings, ?parties and #numbers that a text tells of."""
    text = text[:_READ]
    happenings = {f"!{HAPPENINGS[word]}" for word in _HAPPENING.findall(text)}
    parties = {f"?{PARTY_KINDS[word]}" for word in _PARTY.findall(text)}
    found = [*sorted(happenings), *sorted(_numbers(text)), *sorted(parties)]
    return tuple(found[:_MOST])


def event_keys(features: tuple[str, ...], codes: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Return the combinations of which one shared by two texts of a brand means one event.

    With a risk code in common: a rare happening and anything else, a happening and a number, or
    two happenings and a party. Without: a happening and two numbers, or a rare one, a number and
    anything else.
    """
    kinds = {sign: [f for f in features if f.startswith(sign)] for sign in "!#?"}
    pairs = [(happening, number) for happening in kinds["!"] for number in kinds["#"]]
    rare = [(h, other) for h in kinds["!"] if h in _RARE for other in features if other != h]
    told = [(*two, party) for two in combinations(kinds["!"], 2) for party in kinds["?"]]
    coded = {(code, *key) for code in codes for key in (*pairs, *map(_ordered, rare), *told)}
    twice = [(h, *two) for h in kinds["!"] for two in combinations(kinds["#"], 2)]
    seldom = [(h, n, f) for h, n in pairs if h in _RARE for f in features if f not in {h, n}]
    bare = {_ordered(key) for key in (*twice, *seldom)}
    return coded | bare


def _ordered(key: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(key))


def _numbers(text: str) -> set[str]:
    """Give counts with their unit, and times of day, in one form."""
    counted = {digits + unit for digits, unit in _NUMBER.findall(text)}
    spelt = {d.translate(_HANZI_DIGITS) + unit for d, unit in _HANZI_NUMBER.findall(text)}
    times = {f"{int(hour)}:{minute}" for hour, minute in _TIME.findall(text)}
    return {f"#{number}" for number in (counted | spelt | times) - _VAGUE}
