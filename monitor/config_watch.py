"""The schema of what is watched: brands, rules and sources."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from monitor.config_types import (
    Duration,
    Name,
    Section,
    is_loopback,
    parse_duration,
    split_address,
)


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


class SourceConfig(Section):
    """One place that is read regularly."""

    name: Name
    kind: Literal["feed"] = "feed"
    platform: Name = "news"
    url: str = Field(repr=False)  # may carry a key from the environment
    every: Duration = parse_duration("5m")
    silent_after: Duration = parse_duration("6h")
    authority: Literal["national_media", "official", "media", "forum", "social"] = "media"
    robots: bool = True
    articles: bool = True
    enabled: bool = True

    @field_validator("url")
    @classmethod
    def _is_web(cls, value: str) -> str:
        parts = split_address(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("不是网址；写成 https://news.example.cn/feed.xml 这样的完整地址")
        return value

    @field_validator("robots")
    @classmethod
    def _polite(cls, value: bool, info: ValidationInfo) -> bool:
        if not value and "url" in info.data and not is_loopback(info.data["url"]):
            raise ValueError("只有本机地址可以不看 robots.txt；删掉这一行，或改成 true")
        return value
