"""Takes Weibo repost chains apart: what this author wrote, and what was only passed on."""

from __future__ import annotations

import re

# The platform writes `//@name:`; people who copy by hand also write `转自@name:` and `RT @name:`.
_CHAIN = re.compile(r"//\s?@|(?:转发?自?|RT|via)\s?@[^\s::]{1,30}\s?[:：]", re.IGNORECASE)
_BARE = re.compile(
    r"(?:转发?(?:微博|一下)?|轉發(?:微博)?|repost|rt|快转|求转|扩散|已转)?[\s.。!!~…,，]*",
    re.IGNORECASE,
)
_MENTION = re.compile(r"@[^\s@::,，。!!??]{1,30}")


def strip_repost(text: str) -> str:
    """Return the author's own words: everything before the chain of earlier authors."""
    chain = _CHAIN.search(text)
    return text[: chain.start()].strip() if chain else text.strip()


def is_bare_repost(text: str) -> bool:
    """Say whether the author adds nothing: no words of their own, only «转发微博» or names."""
    own = _MENTION.sub("", strip_repost(text)).strip()
    return bool(text.strip()) and _BARE.fullmatch(own) is not None


def judged_text(text: str) -> str:
    """Return what a model should judge: the author's own words, empty for a bare repost."""
    return "" if is_bare_repost(text) else strip_repost(text)
