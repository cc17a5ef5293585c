"""The schema of what is watched: brands and rules."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints, model_validator

from monitor.config_types import Name, Section, split_address


def _long_enough(word: str) -> str:
    if len(word) == 1 and not word.isascii():
        raise ValueError("只有一个汉字，会命中太多无关内容；至少写两个字")
    return word


BrandWord = Annotated[Name, AfterValidator(_long_enough)]


def _account(word: str) -> str:
    platform, mark, account = word.partition(":")
    if not account.startswith("//"):
        if not (mark and platform.strip() and account.strip()):
            # the same name on another platform may be anybody
            raise ValueError(
                "要写明平台；写成「平台:账号」，如 weibo:1234567890，或写自己网站的网址"
            )
        return f"{platform.strip()}:{account.strip()}"
    parts = split_address(word)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("不是网址；写成 https://www.example.cn/ 这样，或写成「平台:账号」")
    return word


Account = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_account),
]


class BrandConfig(Section):
    """A brand that is watched: its names, words that mean someone else, its own accounts."""

    name: BrandWord
    aliases: tuple[BrandWord, ...] = ()
    exclude: tuple[Name, ...] = ()
    own_accounts: tuple[Account, ...] = ()
    competitors: tuple[BrandWord, ...] = ()
    """Others of the trade: their crisis opens a self-check."""
    platform_notices: bool = True
    """Whether rules and measures of platforms and authorities for medicine open a self-check."""

    @model_validator(mode="after")
    def _others_are_others(self) -> "BrandConfig":
        own = {self.name, *self.aliases}
        if shared := sorted(own & set(self.competitors)):
            raise ValueError(f"competitors 里的「{shared[0]}」是自己的名字；只写同行的名字")
        return self


class WatchConfig(Section):
    """A boolean rule over texts; with a brand it only looks at that brand's mentions."""

    name: Name
    rule: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    brand: Name | None = None
