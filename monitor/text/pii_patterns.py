"""The shapes of personal numbers and addresses as Chinese posts write them."""

from __future__ import annotations

import re

GAP = r"[ \-—－.·]?"
# A number that follows «3.» is a decimal, one that follows «Tel.» is not.
FREE = r"(?<!\d)(?<!\d\.)"
AFTER_CUE = r"[:：是为#(（\[【 ]{0,4}"
# A link keeps its numbers (they are post ids), except in fields that name a person's data.
URL = re.compile(r"((?:https?://|www\.|weibo\.c(?:om|n)/|t\.cn/)[!-~]+)", re.IGNORECASE)
URL_FIELD = re.compile(
    r"(?<=[?&])((?:phone|mobile|tel|email|mail|idcard|id_?card|idno)=)[^&#\s〔]+", re.IGNORECASE
)
EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}(?:[@＠]|#(?=qq\.|163\.|126\.))"
    r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}"
)
RESIDENT_ID = re.compile(rf"(?<!\d)\d{{6}}{GAP}\d{{8}}{GAP}\d{{3}}(?:[XxＸｘ]|\d(?![\dA-Za-z]))")
# With the cue even a mistyped number is meant as one: its checksum is not asked for.
RESIDENT_ID_CUED = re.compile(
    rf"(身份证(?:号码?|号)?{AFTER_CUE})\d[\d \-]{{13,19}}[\dXx](?![\dA-Za-z])"
)
OLD_RESIDENT_ID = re.compile(rf"{FREE}\d{{15}}(?!\d)")
CARD = re.compile(
    rf"{FREE}(?:\d{{4}}(?:{GAP}\d{{4}}){{3}}(?:{GAP}\d{{1,3}})?|\d{{6}} \d{{10}}(?:\d{{3}})?)(?!\d)"
)
CARD_CUED = re.compile(
    r"((?:(?:银行|储蓄|信用|借记|工资)卡?(?:卡号|账号|账户|号码)?|卡号)[:：是为 ]{0,3})"
    r"\d[\d -]{14,24}\d"
)
# Counts (元, 次, 阅读 ...) are not telephones, however long.
_COUNTED = r"(?![\d.]?\d|\s?[元次人条万亿个票]|\s?(?:阅读|播放|浏览|热度))"
_ONE_BY_ONE = r"1(?:[ \-][3-9])(?:[ \-]\d){9}"
_SPOKEN = r"[一壹幺][三四五六七八九叁肆伍陆柒捌玖][零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{9}"
MOBILE = re.compile(
    rf"{FREE}(?<![¥$])(?<!热度)(?<!阅读)(?<!播放)(?<!浏览)(?<!量)(?:(?:[+＋]|00)?86{GAP})?"
    rf"(?:[1１][3-9３-９]\d{GAP}\d{{4}}{GAP}\d{{4}}|1[3-9]\d\d{GAP}\d{{3}}{GAP}\d{{4}}"
    rf"|{_ONE_BY_ONE}|{_SPOKEN}){_COUNTED}"
)
_AREA = r"0(?:10|2\d|[3-9]\d{2})"
LANDLINE = re.compile(
    rf"{FREE}(?:[(（]{_AREA}[)）]{GAP}|(?:[+＋]86{GAP})?{_AREA}{GAP})[2-9]\d{{2,3}}{GAP}\d{{4}}"
    rf"(?:\s?[转\-]\s?\d{{1,6}})?{_COUNTED}"
)
LANDLINE_CUED = re.compile(r"((?:家庭|联系|住宅)电话[:：是为 ]{0,3})[2-9]\d{6,7}(?!\d)")
PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·•\- ]?"
    r"(?=[A-Z]{0,4}\d[A-Z]{0,4}\d)[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳](?![A-Za-z0-9])",
    re.IGNORECASE,
)
_RECORDS = (
    r"(?:病历|病案|住院|门诊|急诊|就诊卡?|诊疗卡?|登记|检查|检验|体检|标本|病理|处方|影像|CT|"
    r"报告单?|医保卡?|社保卡?)"
)
RECORD = re.compile(
    rf"({_RECORDS}(?:号码?|编号|ID|id){AFTER_CUE})(?=[A-Za-z\-]{{0,5}}\d)[A-Za-z0-9\-]{{4,24}}"
)
RECORD_BEFORE = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{0,3}\d{5,14}(?= ?[(（【\[](?:病历|病案|住院|门诊)号)"
)
PASSPORT = re.compile(
    r"((?:护照|通行证|台胞证|军官证)(?:号码?)?[:：是为 ]{0,4})"
    r"(?=[A-Za-z]{0,2}\d{5})[A-Za-z0-9]{7,11}"
)
# Under a bare 「微信」 only a colon says that a name follows; 「微信 10000 次」 is a count.
ACCOUNT = re.compile(
    r"((?:QQ群?|扣扣|微信号|VX|V信|薇信|加微信?)[:：号是为 ]{0,3}|(?:微信|WX)[:：] ?)"
    r"(?=[A-Za-z_\-]*\d)[A-Za-z0-9_\-]{5,20}"
    r"|(微信号[:：是为 ]{0,3})[A-Za-z][A-Za-z0-9_\-]{5,19}",
    re.IGNORECASE,
)
WORTH_A_LOOK = re.compile(rf"\d|[@＠]|微信号|{_SPOKEN}")
