"""Masks what identifies a person, and turns authors into keyed pseudonyms, before storage."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable

from monitor.text.identifiers import is_bank_card, is_old_resident_id, is_resident_id

_GAP = r"[ \-—－]?"
# A link keeps its numbers (they are post ids), except in fields that name a person's data.
_URL = re.compile(r"((?:https?://|www\.|weibo\.c(?:om|n)/|t\.cn/)[!-~]+)", re.IGNORECASE)
_URL_FIELD = re.compile(
    r"(?<=[?&])((?:phone|mobile|tel|email|mail|idcard|id_?card|idno)=)[^&#\s〔]+", re.IGNORECASE
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}(?:[@＠]|#(?=qq\.|163\.|126\.))"
    r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}"
)
_RESIDENT_ID = re.compile(rf"(?<!\d)\d{{6}}{_GAP}\d{{8}}{_GAP}\d{{3}}(?:[XxＸｘ]|\d(?![\dA-Za-z]))")
_OLD_RESIDENT_ID = re.compile(r"(?<![\d.])\d{15}(?!\d)")
_CARD = re.compile(rf"(?<![\d.])\d{{4}}(?:{_GAP}\d{{4}}){{3}}(?:{_GAP}\d{{1,3}})?(?!\d)")
_CARD_CUED = re.compile(
    r"((?:银行|储蓄|信用|借记)卡?(?:卡号|账号|号码)[:：是为 ]{0,3})\d[\d -]{10,24}\d"
)
# Counts (元, 次, 阅读 ...) are not telephones, however long.
_COUNTED = r"(?![\d.]?\d|\s?[元次人条万亿个票]|\s?(?:阅读|播放|浏览|热度))"
_ONE_BY_ONE = r"1(?:[ \-][3-9])(?:[ \-]\d){9}"
_MOBILE = re.compile(
    rf"(?<![\d.¥$])(?<!热度)(?<!阅读)(?<!播放)(?<!浏览)(?<!量)(?:(?:[+＋]|00)?86{_GAP})?"
    rf"(?:[1１][3-9３-９]\d{_GAP}\d{{4}}{_GAP}\d{{4}}|1[3-9]\d\d{_GAP}\d{{3}}{_GAP}\d{{4}}"
    rf"|{_ONE_BY_ONE}){_COUNTED}"
)
_AREA = r"0(?:10|2\d|[3-9]\d{2})"
_LANDLINE = re.compile(
    rf"(?<![\d.])(?:[(（]{_AREA}[)）]{_GAP}|(?:[+＋]86{_GAP})?{_AREA}{_GAP})[2-9]\d{{2,3}}{_GAP}\d{{4}}"
    rf"(?:\s?[转\-]\s?\d{{1,6}})?{_COUNTED}"
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·•\- ]?"
    r"(?=[A-Z]{0,4}\d[A-Z]{0,4}\d)[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳](?![A-Za-z0-9])"
)
_BETWEEN = r"(?:号码?|编号|ID|id)[:：是为#  ]{0,4}"
_RECORD = re.compile(
    rf"((?:病历|病案|住院|门诊|急诊|就诊卡?|登记|检查|标本|病理|医保卡?|社保卡?){_BETWEEN})"
    r"(?=[A-Za-z\-]{0,5}\d)[A-Za-z0-9\-]{4,24}"
)
_PASSPORT = re.compile(
    r"((?:护照|通行证|台胞证|军官证)(?:号码?)?[:：是为 ]{0,4})"
    r"(?=[A-Za-z]{0,2}\d{5})[A-Za-z0-9]{7,11}"
)
_ACCOUNT = re.compile(
    r"((?:QQ群?|微信号|VX|V信|薇信)[:：号是为 ]{1,3})(?=[A-Za-z_\-]*\d)[A-Za-z0-9_\-]{5,20}",
    re.IGNORECASE,
)
_MOST_TURNS = 4
_WORTH_A_LOOK = re.compile(r"\d|[@＠]")


def mask(text: str) -> str:
    """Return the text with personal numbers and addresses replaced by 〔手机号〕 and its like."""
    if not _WORTH_A_LOOK.search(text):
        return text
    # A number may come free only when the one glued to it is gone; more than twice is an attack.
    for _ in range(_MOST_TURNS):
        masked = _mask_once(text)
        if masked == text:
            break
        text = masked
    return text


def _mask_once(text: str) -> str:
    """Mask words and link fields."""
    parts = _URL.split(text)
    parts[::2] = [_mask_words(words) for words in parts[::2]]
    parts[1::2] = [_URL_FIELD.sub(r"\1〔已隐去〕", url) for url in parts[1::2]]
    return "".join(parts)


def author_key(author: str, key: bytes) -> str:
    """Return the author's pseudonym under this key: 32 hexadecimal digits; a key is required."""
    if not key:
        raise ValueError("作者散列需要密钥:请先运行 fengsui init 生成密钥文件。")
    name = unicodedata.normalize("NFKC", author).strip().encode(errors="surrogatepass")
    return hmac.new(key, name, hashlib.sha256).hexdigest()[:32]


def _mask_words(text: str) -> str:
    """Mask outside of links: what proves itself by a checksum first, then what a cue names."""
    text = _EMAIL.sub("〔邮箱〕", text)
    text = _if_valid(_RESIDENT_ID, is_resident_id, "〔身份证号〕", text)
    text = _RECORD.sub(r"\1〔病历号〕", text)
    text = _PASSPORT.sub(r"\1〔证件号〕", text)
    text = _CARD_CUED.sub(r"\1〔银行卡号〕", text)
    text = _if_valid(_CARD, is_bank_card, "〔银行卡号〕", text)
    text = _if_valid(_OLD_RESIDENT_ID, is_old_resident_id, "〔身份证号〕", text)
    text = _ACCOUNT.sub(r"\1〔社交账号〕", text)
    text = _MOBILE.sub("〔手机号〕", text)
    text = _LANDLINE.sub("〔固定电话〕", text)
    return _PLATE.sub("〔车牌号〕", text)


def _if_valid(pattern: re.Pattern[str], valid: Callable[[str], bool], token: str, text: str) -> str:
    """Replace only those matches that pass their own checksum."""
    return pattern.sub(lambda match: token if valid(match[0]) else match[0], text)
