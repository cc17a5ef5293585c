"""Undoes 火星文 and look-alikes: what people write so that filters do not read it.

Every rule needs a sign that no ordinary text shows: a character nobody writes otherwise, a radical
that stands alone, an alphabet inside another's word.
"""

from __future__ import annotations

import re

# Characters that only stand for others; those that are also medicines (莪术, 卟啉) say so below.
_MARS = {
    "莪": "我", "涐": "我", "硪": "我", "伱": "你", "沵": "你", "兲": "天", "亾": "人", "氺": "水",
    "卟": "不", "吥": "不", "佷": "很", "恏": "好", "庅": "么", "仩": "上", "囻": "国", "囯": "国",
    "圀": "国", "僾": "爱", "洅": "再", "亇": "个", "咊": "和", "哃": "同", "荿": "成", "倳": "事",
    "伩": "信", "囙": "因", "仯": "少", "鉯": "以", "泹": "但",
}  # fmt: skip
_NOT_BEFORE = {"莪": "术", "卟": "啉吩"}
# A radical is no character: with the part behind it, it is one that was pulled apart.
_SPLIT_THREES = """
亻门们 亻尔你 亻言信 亻也他 亻故做 亻本体 亻牛件 氵去法 氵台治 氵工江 氵每海 氵可河 氵青清 氵又汉
扌丁打 扌斤折 扌非排 扌殳投 扌甬捅 扌户护 扌亥孩 讠正证 讠斥诉 讠公讼 讠吴误 讠兑说 讠平评 讠周调
讠乍诈 讠舌话 讠上让 讠人认 讠只识 讠方访 讠寸讨 钅戋钱 钅艮银 忄青情 忄生性 忄白怕 犭句狗 纟合给
纟工红 饣反饭 辶寸过 辶关送 辶元远 辶首道 艹化花 艹约药 阝完院 疒丙病 疒正症 疒冬疼 疒甬痛 疒只疾
匚矢医
"""
_SPLIT = {one[:2]: one[2] for one in _SPLIT_THREES.split()}
_SPLIT |= dict.fromkeys(("薇信", "葳信", "嶶信", "溦信"), "微信")
_RADICALS = str.maketrans("⺡⺅⺘⻈⻐⺖⺾⺿⻖⺨⻌⺩", "氵亻扌讠钅忄艹艹阝犭辶王")
# Pinyin or a letter in the place of one character of a word that gets deleted.
_SPELT = {
    "v信(?![息用任])|微xin|wei信": "微信",
    "yi院|医yuan": "医院",
    "医sheng|yi生": "医生",
    "hu士|护shi": "护士",
    "si亡|死wang": "死亡",
    "误zhen|wu诊": "误诊",
    "自sha|zi杀": "自杀",
    "跳lou|tiao楼": "跳楼",
    "手shu": "手术",
    "投su|tou诉": "投诉",
    "维quan|wei权": "维权",
    "骗qian|pian钱": "骗钱",
    "赔chang|pei偿": "赔偿",
    "jing察|警cha": "警察",
    "zheng府|政fu": "政府",
    "性qin|xing侵": "性侵",
    "猥xie|wei亵": "猥亵",
}
_CYRILLIC = str.maketrans("аеорсхуіјѕһԁԛԝАВЕЅІЈКМНОРСТХУ", "aeopcxyijshdqwABESIJKMHOPCTXY")
_LOOKALIKES = "".join(map(chr, _CYRILLIC))

_ODD = re.compile(f"[{''.join(_MARS)}{_LOOKALIKES}⺀-⻳亻氵扌讠钅忄犭纟饣辶艹阝疒匚薇葳嶶溦]")
_MARS_RUN = re.compile(
    "|".join(f"{one}(?![{_NOT_BEFORE[one]}])" if one in _NOT_BEFORE else one for one in _MARS)
)
_SPLIT_RUN = re.compile("|".join(_SPLIT))
_WORD = re.compile(rf"[A-Za-z{_LOOKALIKES}]+")
_NEAR_HAN = re.compile("[A-Za-z][\u4e00-\u9fff]|[\u4e00-\u9fff][A-Za-z]")
_SPELT_RUNS = [
    (re.compile(rf"(?<![A-Za-z])(?:{written})(?![A-Za-z])", re.IGNORECASE), read)
    for written, read in _SPELT.items()
]
_ANY_SPELT = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(_SPELT)})(?![A-Za-z])", re.IGNORECASE)
# 误*诊*致*死: one and the same mark between at least four single characters. Marks that join
# lists (、/-+·) or give a sentence its tone (~.) stay.
_FILLED = re.compile("[\u4e00-\u9fff](?:([*|^丶\u2022])[\u4e00-\u9fff](?:\\1[\u4e00-\u9fff]){2,})")
_FILLER = re.compile("[*|^丶\u2022]")


def plain_characters(text: str) -> str:
    """Return the text with disguised characters and words as they are usually written."""
    if _ODD.search(text):
        text = _undisguised(text.translate(_RADICALS))
    if _NEAR_HAN.search(text) and _ANY_SPELT.search(text):
        for written, read in _SPELT_RUNS:
            text = written.sub(read, text)
    return _FILLED.sub(_without_filler, text) if _FILLER.search(text) else text


def _undisguised(text: str) -> str:
    text = _MARS_RUN.sub(lambda match: _MARS[match[0]], text)
    text = _SPLIT_RUN.sub(lambda match: _SPLIT[match[0]], text)
    return _WORD.sub(_latin, text)


def _latin(match: re.Match[str]) -> str:
    """Make a word Latin that mixes both alphabets; a Cyrillic word stays what it is."""
    word = match[0]
    mixed = not word.isascii() and any(c.isascii() for c in word)
    return word.translate(_CYRILLIC) if mixed else word


def _without_filler(match: re.Match[str]) -> str:
    return match[0].replace(match[1], "")
