"""Masks what identifies a person, and turns authors into keyed pseudonyms, before storage."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable

from monitor.text import pii_patterns as shapes
from monitor.text.identifiers import is_bank_card, is_old_resident_id, is_resident_id

_MOST_TURNS = 4


def mask(text: str) -> str:
    """Return the text with personal numbers and addresses replaced by 〔手机号〕 and its like."""
    if not shapes.WORTH_A_LOOK.search(text):
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
    parts = shapes.URL.split(text)
    parts[::2] = [_mask_words(words) for words in parts[::2]]
    parts[1::2] = [shapes.URL_FIELD.sub(r"\1〔已隐去〕", url) for url in parts[1::2]]
    return "".join(parts)


def author_key(author: str, key: bytes) -> str:
    """Return the author's pseudonym under this key: 32 hexadecimal digits; a key is required."""
    if not key:
        raise ValueError("作者散列需要密钥:请先运行 fengsui init 生成密钥文件。")
    name = unicodedata.normalize("NFKC", author).strip().encode(errors="surrogatepass")
    return hmac.new(key, name, hashlib.sha256).hexdigest()[:32]


def _mask_words(text: str) -> str:
    """Mask outside of links: what proves itself by a checksum first, then what a cue names."""
    text = shapes.EMAIL.sub("〔邮箱〕", text)
    text = _if_valid(shapes.RESIDENT_ID, is_resident_id, "〔身份证号〕", text)
    text = shapes.RESIDENT_ID_CUED.sub(r"\1〔身份证号〕", text)
    text = shapes.RECORD.sub(r"\1〔病历号〕", text)
    text = shapes.RECORD_BEFORE.sub("〔病历号〕", text)
    text = shapes.PASSPORT.sub(r"\1〔证件号〕", text)
    text = shapes.CARD_CUED.sub(r"\1〔银行卡号〕", text)
    text = _if_valid(shapes.CARD, is_bank_card, "〔银行卡号〕", text)
    text = _if_valid(shapes.OLD_RESIDENT_ID, is_old_resident_id, "〔身份证号〕", text)
    text = shapes.ACCOUNT.sub(lambda found: f"{found[1] or found[2]}〔社交账号〕", text)
    text = shapes.MOBILE.sub("〔手机号〕", text)
    text = shapes.LANDLINE.sub("〔固定电话〕", text)
    text = shapes.LANDLINE_CUED.sub(r"\1〔固定电话〕", text)
    return shapes.PLATE.sub("〔车牌号〕", text)


def _if_valid(pattern: re.Pattern[str], valid: Callable[[str], bool], token: str, text: str) -> str:
    """Replace only those matches that pass their own checksum."""
    return pattern.sub(lambda match: token if valid(match[0]) else match[0], text)
