"""The text form every model here reads: one normaliser, versioned, standard library only."""

from __future__ import annotations

import re
import unicodedata

VERSION = "n1"

_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ue000-\uf8ff\ufe0e\ufe0f]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LINK = re.compile(r"(?:https?://|www\.)[\x21-\x7e]+|\bt\.cn/\w+", re.IGNORECASE)
_ADDRESSEE = re.compile(r"(?:回复)?@[\w\-·]{1,30}(?:\s*:|(?=\s|$|[^\w\-·]))")
_REPEATED = re.compile(r"(.)\1{3,}", re.DOTALL)
_SPACE = re.compile(r"\s+")
_BARE_REPOST = re.compile(r"(?:转发微博|轉發微博|转发|轉發|转|repost|\W|_)*", re.IGNORECASE)
# No script stacks more than four marks on a letter; longer runs make normalisation quadratic:
# 60,000 alternating accents took 2 s, a megabyte of them would take ten minutes.
_COMBINING = "".join(chr(c) for c in range(0x300, 0x1E950) if unicodedata.combining(chr(c)))
_STACKED = re.compile(f"([{_COMBINING}]{{4}})[{_COMBINING}]+")
_EMOTICON = re.compile(r"\[[\w ]{1,8}\]")
_EMOJI = re.compile(
    "[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff\U000e0020-\U000e007f\u20e3\u200d\ufe0f]"
)


def normalise(text: object) -> str:
    """Return `text` as the models read it; anything that is not text reads as empty.

    Links and names of people addressed go, four or more equal characters become three.
    """
    if not isinstance(text, str):
        return ""
    seen = _STACKED.sub(r"\1", _INVISIBLE.sub("", text))
    plain = _CONTROL.sub(" ", unicodedata.normalize("NFKC", seen))
    plain = _ADDRESSEE.sub("@", _LINK.sub(" ", plain))
    return _SPACE.sub(" ", _REPEATED.sub(r"\1\1\1", plain)).strip()


def strip_emoticons(text: str) -> str:
    """Return `text` without 「[泪]」 codes and emoji characters."""
    return _EMOJI.sub("", _EMOTICON.sub("", text)).strip()


def says_nothing(normalised: str) -> bool:
    """Tell whether a normalised text is empty or a bare 「转发微博」 without pictures."""
    if _EMOTICON.search(normalised) or _EMOJI.search(normalised):
        return False
    return _BARE_REPOST.fullmatch(normalised) is not None


def content_key(text: str) -> str:
    """Return the letters and digits that make two copies of a text the same text."""
    return re.sub(r"[\W_]+", "", strip_emoticons(normalise(text))).lower()
