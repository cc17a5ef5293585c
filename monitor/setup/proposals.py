"""Proposes what a newcomer would forget: nicknames, lookalikes and words to watch for; pure."""

from __future__ import annotations

import re

# How people shorten the names of Chinese institutions; each is tried on the whole name.
_SHORTER: tuple[tuple[str, str], ...] = (
    (r"(?<=.)[市省区县](?=.{3,}$)", ""),  # 清河市中医院 → 清河中医院
    (r"第([一二三四五六七八九十])人民医院$", r"\1院"),
    (r"第([一二三四五六七八九十])人民医院$", r"第\1医院"),
    (r"人民医院$", "医院"),
    (r"互联网医院$", "医院"),
    (r"互联网医院$", "在线"),
    (r"妇女儿童医院$", "妇儿医院"),
    (r"妇女儿童医院$", "妇幼医院"),
    (r"妇幼保健院$", "妇幼"),
    (r"中医医院$", "中医院"),
    (r"(口腔|眼科|骨科|儿童|肿瘤|肛肠|皮肤病?|康复)医院$", r"\1"),
    (r"(?:医疗)?美容医院$", "医美"),
    (r"(?:股份)?(?:有限)?(?:责任)?公司$", ""),
    (r"(?:科技|医疗|健康|集团)?(?:股份)?(?:有限)?(?:责任)?公司$", ""),
    (r"集团$", ""),
)
_SHORTEST = 2  # characters; one alone would hit everything
MOST = 6
_LOOKALIKES = ("路", "站")

WATCH: tuple[tuple[str, str], ...] = (
    ("医疗安全", "误诊 OR 漏诊 OR 开错药 OR 输错液 OR 打错针 OR (用药 NEAR/10 出事)"),
    ("隐私泄露", "(病历 OR 隐私 OR 信息 OR 照片) NEAR/8 (泄露 OR 外传 OR 倒卖)"),
    ("收费", "乱收费 OR 过度医疗 OR 过度检查 OR (收费 NEAR/6 (离谱 OR 不明))"),
    ("虚假宣传", "虚假宣传 OR 包治 OR 医托 OR (广告 NEAR/8 (违法 OR 夸大))"),
    ("员工行为", "(医生 OR 护士 OR 员工) NEAR/12 (辱骂 OR 猥亵 OR 收红包 OR 打人)"),
    ("冲突", "医闹 OR 伤医 OR 拉横幅 OR 跳楼 OR (堵门 NEAR/10 医院)"),
    ("监管", "(卫健委 OR 医保局 OR 市场监管) NEAR/15 (通报 OR 处罚 OR 约谈 OR 立案)"),
)


def nicknames(name: str) -> list[str]:
    """What people may call it, the likeliest first; for a person to correct."""
    found: list[str] = []
    for start in (name, re.sub(_SHORTER[0][0], "", name, count=1)):
        found += [start, *(re.sub(sign, by, start, count=1) for sign, by in _SHORTER[1:])]
    plain = (one.strip() for one in dict.fromkeys(found))
    return [one for one in plain if one != name and len(one) > _SHORTEST][:MOST]


def lookalikes(words: list[str]) -> list[str]:
    """What looks like one of the names and is a place beside it: 清河医院路, 清河医院站."""
    short = sorted((word for word in words if word.endswith("院")), key=len)
    return [f"{word}{end}" for word in short[:1] for end in _LOOKALIKES]
