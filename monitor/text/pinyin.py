"""Removes the pinyin notes that document mills write behind every character."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pypinyin import Style, pinyin

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_LETTER = rf"a-zA-ZüɑɡÜ{_TONED}{_TONED.upper()}"
# Six letters is the longest syllable (zhuang); four syllables is the longest word worth a note.
_SYLLABLE = rf"[{_LETTER}]{{1,6}}[1-5]?"
_NOTE = rf"[(（]\s?({_SYLLABLE}(?:[ '·]{_SYLLABLE}){{0,3}})\s?[)）]"
_NOTES = re.compile(rf"([{_HAN}]{{1,4}})((?:{_NOTE})+)")
_ONE_NOTE = re.compile(_NOTE)
_A_NOTE_ENDS = re.compile(rf"[{_LETTER}1-5][)）]")
_LATIN_NOTE = re.compile(rf"([^\x00-\x7f])([A-Za-z])[(（]([{_LETTER}]{{1,6}})[)）]")
# A note whose opening bracket was swallowed: the character before it lost its first byte.
_TORN = re.compile(rf"([^\x00-\x7f])[?？\ufffd][(（]?([{_LETTER}]{{1,6}})[)）]")
_HAS_TONE = re.compile(f"[{_TONED}{_TONED.upper()}]")
_FOLD = str.maketrans({"ɑ": "a", "ɡ": "g", "v": "ü"})
_CODEC = "gb18030"
# A torn stretch realigns at the first trail byte below 0x80; one in ten is, so 64 is generous.
_LONGEST_TORN = 64
_LEADS = range(0x81, 0xFF)


def strip_notes(text: str) -> str:
    """Drop every bracket that holds the reading of the characters before it, and mend torn ones."""
    if not _A_NOTE_ENDS.search(text):
        return text
    bare = _NOTES.sub(_without_readings, text)
    if not _HAS_TONE.search(bare):
        return bare
    # What was mended brings the note of its last character back behind that character.
    return _NOTES.sub(_without_readings, _LATIN_NOTE.sub(_without_split_note, _mend_torn(bare)))


def _without_readings(match: re.Match[str]) -> str:
    """Keep the characters and those brackets that are not their reading."""
    characters = match[1]
    kept = [
        note[0]
        for note in _ONE_NOTE.finditer(match[2])
        if not _is_reading(characters, tuple(re.split(r"[ '·]", note[1])))
    ]
    return characters + "".join(kept)


def _is_reading(characters: str, syllables: tuple[str, ...]) -> bool:
    """Say whether the syllables read the last characters."""
    if len(syllables) > len(characters):
        return False
    last = characters[-len(syllables) :]
    return all(_reads(one, said) for one, said in zip(last, syllables, strict=True))


@lru_cache(maxsize=8192)
def _reads(character: str, syllable: str) -> bool:
    """Say whether the syllable is a reading, or at least toned Mandarin in small letters."""
    said = _plain(syllable)
    known = _readings(character)
    if _HAS_TONE.search(syllable.lower()):
        return said in known or said in _syllables()
    return syllable == syllable.lower() and said in known


@lru_cache(maxsize=8192)
def _readings(character: str) -> frozenset[str]:
    """Give all readings of a character, without tones."""
    if not "\u3400" <= character <= "\ufaff":
        return frozenset()
    (found,) = pinyin(character, style=Style.NORMAL, heteronym=True)
    return frozenset(_plain(reading) for reading in found)


@lru_cache(maxsize=1)
def _syllables() -> frozenset[str]:
    """Give every syllable that the GB 2312 characters use: what counts as Mandarin."""
    pairs = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    characters = b"".join(pairs).decode("gb2312", errors="ignore")
    return frozenset().union(*(_readings(one) for one in characters))


@lru_cache(maxsize=8192)
def _plain(syllable: str) -> str:
    """Drop case, tone mark and tone number, but keep ü."""
    said = syllable.lower().translate(_FOLD).rstrip("12345")
    parts = unicodedata.normalize("NFD", said)
    bare = "".join(c for c in parts if not unicodedata.combining(c) or c == "\u0308")
    return unicodedata.normalize("NFC", bare)


def _without_split_note(match: re.Match[str]) -> str:
    """Drop a note that reads the character made of two neighbours' bytes (”P is 盤 in GBK)."""
    trail = match[1].encode(_CODEC, errors="replace")[-1:]
    split = _decode(trail + match[2].encode())
    return match[1] + match[2] if _plain(match[3]) in _readings(split or " ") else match[0]


def _mend_torn(text: str) -> str:
    """Mend each torn stretch once, left to right."""
    parts, done = [], 0
    for match in _TORN.finditer(text):
        if match.start() < done:
            continue
        mended, end = _mended(text, match)
        parts.append(text[done : match.start() + 1] + mended)
        done = end
    return "".join(parts) + text[done:]


def _mended(text: str, match: re.Match[str]) -> tuple[str, int]:
    """Give the mended stretch and where the sound text goes on; at worst drop the note alone."""
    trail = match[1].encode(_CODEC, errors="replace")[-1:]
    said = _plain(match[2])
    if said not in _syllables() or not _HAS_TONE.search(match[2]):
        return text[match.start() + 1 : match.end()], match.end()
    rejoined = (_rejoin(text, match.end(), lead) for lead in _lost_leads(trail, said))
    return next(filter(None, rejoined), ("", match.end()))


@lru_cache(maxsize=8192)
def _lost_leads(trail: bytes, said: str) -> tuple[bytes, ...]:
    """Give the lead bytes that the swallowed bracket may have hidden."""
    leads = (bytes((lead,)) for lead in _LEADS)
    return tuple(lead for lead in leads if said in _readings(_decode(trail + lead) or " "))


def _rejoin(text: str, start: int, lead: bytes) -> tuple[str, int] | None:
    """Decode on from the lost lead byte until an ASCII trail byte brings the text back in step."""
    stream = lead
    for index in range(start, min(start + _LONGEST_TORN, len(text))):
        character = text[index]
        if character >= "\x80":
            stream += character.encode(_CODEC, errors="replace")
            continue
        mended = _decode(stream + character.encode())
        if mended is not None and all(map(_is_common, mended)):
            return mended, index + 1
        # NFKC made this letter of a full-width one: two bytes, and the text is still out of step.
        stream += bytes((0xA3, 0x80 + ord(character)))
    return None


@lru_cache(maxsize=8192)
def _is_common(character: str) -> bool:
    """Say whether everyday text uses the character: level one of GB 2312 or of Big5, or a mark."""
    simplified = character.encode("gb2312", errors="ignore")
    traditional = character.encode("big5", errors="ignore")
    return b"\xa1" <= simplified[:1] <= b"\xd7" or b"\xa4" <= traditional[:1] <= b"\xc6"


def _decode(stream: bytes) -> str | None:
    """Decode, or None when the bytes are no text in two-byte characters."""
    try:
        text = stream.decode(_CODEC)
    except UnicodeDecodeError:
        return None
    return text if len(text) * 2 == len(stream) else None
