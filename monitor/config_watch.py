"""The schema of what is watched: brands and rules."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from monitor.config_types import Name, Section


def _long_enough(word: str) -> str:
    if len(word) == 1 and not word.isascii():
        raise ValueError("只有一个汉字，会命中太多无关内容；至少写两个字")
    return word


BrandWord = Annotated[Name, AfterValidator(_long_enough)]


class BrandConfig(Section):
    """A brand that is watched: its names, and words that mean someone else is meant."""

    name: BrandWord
    aliases: tuple[BrandWord, ...] = ()
    exclude: tuple[Name, ...] = ()


class WatchConfig(Section):
    """A boolean rule over texts; with a brand it only looks at that brand's mentions."""

    name: Name
    rule: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    brand: Name | None = None
