"""Takes Weibo repost chains apart: what this author wrote, and what was only passed on."""

from __future__ import annotations

import re

# The platform writes `//@name:`; people who copy by hand also write `转自@name:` and `RT @name:`.
_NAME = r"@[^\s::/]{1,30}"
_CHAIN = re.compile(
    rf"//\s?(?:{_NAME}\s?[:：]?|@)|(?:转发?自?|RT|via)\s?{_NAME}\s?[:：]", re.IGNORECASE
)
_ADDRESSED = re.compile(r"(?:回复)?@[^\s@::,，。!！?？]{1,30}\s?[:：]?")
_MARKS = re.compile(r"[\s.。!！~…,，、:]+")
_FORWARDED = (
    "转发?(?:微博|一下|了)?|轉發(?:微博)?|repost|rt|快转|求转发?|求扩散|扩散|已转|转需|转起来?"
)
# Words that take up room and no side; 呵呵 may be scorn, but nobody can tell from it alone.
_FILLERS = "呵+|哦+|嗯+|额+|呃+|啊+|mark|马克?|围观|路过|看看|已阅|沙发|插眼|留名"
# Whoever agrees says again what the original said, and «支持» under a complaint praises nobody.
_AGREEING = (
    r"支持|顶+|赞(?:同|成|一个)?|同意|同感|有同感|附议|认同|\+1|说[得的](?:太)?[好对是](?:了|啊|极了)?|有道理"
    r"|没错|对的?|是的|是啊|确实(?:如此|是)?|就是|可不是|一针见血|大家(?:都)?(?:看看|来看)|让更多人看到"
)
_BARE = re.compile(rf"(?:{_FORWARDED}|{_FILLERS}){{0,3}}", re.IGNORECASE)
_ECHO = re.compile(rf"(?:{_FORWARDED}|{_FILLERS}|{_AGREEING}){{0,4}}", re.IGNORECASE)
# Longer words than these are an author's own, whatever they are made of; a list of people who
# are called to look may be longer.
_LONGEST_ECHO, _LONGEST_LIST = 24, 1000


def strip_repost(text: str) -> str:
    """Return the author's own words: everything before the chain of earlier authors."""
    chain = _CHAIN.search(text)
    return text[: chain.start()].strip() if chain else text.strip()


def is_bare_repost(text: str) -> bool:
    """Say whether the author adds nothing: no words of their own, only «转发微博» or names."""
    return bool(text.strip()) and _adds_nothing(strip_repost(text))


def judged_text(text: str) -> str:
    """Return what a model should judge; empty where nobody in the chain says anything.

    That is the author's own words, or those of the nearest earlier author where they add nothing
    or only agree.
    """
    start, end = judged_span(text)
    if start == end and not is_bare_repost(text):
        return strip_repost(text)
    return text[start:end]


def judged_span(text: str) -> tuple[int, int]:
    """Return where in a text the first author of the chain who says something says it.

    An empty span at 0 where all of them only pass on or agree.
    """
    start = 0
    for chain in _CHAIN.finditer(text):
        if not _echoes(text[start : chain.start()]):
            return _trimmed(text, start, chain.start())
        start = chain.end()
    return (0, 0) if _echoes(text[start:]) else _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    said = text[start:end]
    return start + len(said) - len(said.lstrip()), end - len(said) + len(said.rstrip())


def _adds_nothing(words: str) -> bool:
    return _is_all(_BARE, words)


def _echoes(words: str) -> bool:
    return _is_all(_ECHO, words)


def _is_all(pattern: re.Pattern[str], words: str) -> bool:
    """Say whether words consist of a pattern, but for marks and names of people addressed."""
    if len(words) > _LONGEST_LIST:
        return False
    own = _MARKS.sub("", _ADDRESSED.sub("", words))
    return len(own) <= _LONGEST_ECHO and pattern.fullmatch(own) is not None
