"""The schema of one source; what its kind says of itself fills in what is not written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from crawlers.connectors.base import About, Grade
from crawlers.connectors.registry import ABOUT
from monitor.config_types import (
    Day,
    Duration,
    Name,
    Section,
    anchor,
    is_loopback,
    split_address,
)

DEFAULT_KIND = "feed"
# What a kind decides unless the file does; the names are the same on both sides.
_FROM_KIND = ("platform", "every", "silent_after", "authority", "articles", "canary")


def _as_list(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Words = Annotated[tuple[Name, ...], BeforeValidator(_as_list)]
OptionValue = Annotated[tuple[str, ...], BeforeValidator(_as_list)]


class Authorisation(Section):
    """Who allowed a session connector, what for, and until when; DESIGN asks for it in writing."""

    legal_approver: Name
    purpose: Annotated[str, Field(min_length=4, max_length=200)]
    expires: Day


class SourceConfig(Section):
    """One place that is read regularly."""

    name: Name
    kind: str = DEFAULT_KIND
    platform: Name
    url: str = Field(default="", repr=False)  # may carry a key from the environment
    query: Words = ()
    credentials: dict[str, str] = Field(default_factory=dict, repr=False)
    options: dict[str, OptionValue] = Field(default_factory=dict)
    canary: Annotated[str, Field(max_length=60)] = ""
    every: Duration
    silent_after: Duration
    budget_per_day: int | None = Field(default=None, ge=1, le=1_000_000)
    authority: Literal["national_media", "official", "media", "forum", "social"]
    authorisation: Authorisation | None = None
    robots: bool = True
    articles: bool = True
    enabled: bool = True

    @model_validator(mode="before")
    @classmethod
    def _from_kind(cls, data: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        if not isinstance(data, Mapping):
            return data
        about = ABOUT.get(str(data.get("kind", DEFAULT_KIND)), ABOUT[DEFAULT_KIND])
        filled = {name: getattr(about, name) for name in _FROM_KIND}
        filled["enabled"] = about.grade is not Grade.SESSION  # off by default
        filled["url"] = about.address
        return {**filled, **data}

    @field_validator("url")
    @classmethod
    def _is_web(cls, value: str) -> str:
        parts = split_address(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("不是网址；写成 https://news.example.cn/feed.xml 这样的完整地址")
        return value

    @field_validator("options")
    @classmethod
    def _anchored(
        cls, value: dict[str, tuple[str, ...]], info: ValidationInfo
    ) -> dict[str, tuple[str, ...]]:
        about = ABOUT.get(info.data.get("kind", ""))
        paths = {name for name, one in about.options.items() if one.path} if about else set()
        return {
            name: tuple(str(anchor(Path(one), info)) for one in words) if name in paths else words
            for name, words in value.items()
        }

    @field_validator("robots")
    @classmethod
    def _polite(cls, value: bool, info: ValidationInfo) -> bool:
        if not value and "url" in info.data and not is_loopback(info.data["url"]):
            raise ValueError("只有本机地址可以不看 robots.txt；删掉这一行，或改成 true")
        return value

    @property
    def about(self) -> About:
        """What the kind says of itself."""
        return ABOUT[self.kind]

    @property
    def settings(self) -> dict[str, str | list[str]]:
        """The options as the connector reads them: one word, or a list where it takes many."""
        many = {name for name, option in self.about.options.items() if option.many}
        return {
            name: list(words) if name in many else "".join(words[:1])
            for name, words in self.options.items()
        }
