"""The schema of who is told: people, the on-call order and channels."""

import re
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from monitor.config_types import ClockTime, Day, LocalTime, Name, Section, parse_clock_time

Role = Literal[
    "oncall",
    "commander",
    "spokesperson",
    "medical",
    "legal",
    "service",
    "monitor",
    "operator",
]


class PersonConfig(Section):
    """Someone who can be called, in the order of their channels."""

    id: str
    name: Name
    os_user: Name | None = None
    mobile: str | None = Field(default=None, repr=False)
    mail: str | None = Field(default=None, repr=False)
    ids: dict[Literal["wecombot", "dingtalk", "feishu", "lark"], str] = Field(default_factory=dict)
    roles: tuple[Role, ...] = ()
    channels: tuple[str, ...] = ()

    @field_validator("id")
    @classmethod
    def _plain(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z0-9_-]+", value):
            raise ValueError("只能用小写字母、数字、_ 和 -，如 zhang-san")
        return value

    @field_validator("mail")
    @classmethod
    def _mailable(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+", value):
            raise ValueError("不是邮箱地址；写成 zhang@example.cn")
        return value

    @field_validator("mobile")
    @classmethod
    def _dialable(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"\+?[0-9]{5,15}", value):
            raise ValueError("手机号只写数字，中间不要空格和横线；国外号码前面加 +")
        return value


class LevelConfig(Section):
    """One level of the on-call order; a rotating level has one person on duty at a time."""

    name: Name
    people: tuple[str, ...] = Field(min_length=1)
    rotate: Literal["none", "daily", "weekly"] = "none"
    start: Day | None = None
    handover: ClockTime = parse_clock_time("09:00")

    @field_validator("start")
    @classmethod
    def _has_first_day(cls, value: Day | None, info: ValidationInfo) -> Day | None:
        if value is None and info.data.get("rotate", "none") != "none":
            raise ValueError("轮班要写从哪天起排，如 start: 2026-01-05（那天由名单里第一位值班）")
        return value


def _after_begin(value: LocalTime, info: ValidationInfo) -> LocalTime:
    if "begin" in info.data and value <= info.data["begin"]:
        raise ValueError("结束时间不晚于开始时间；把 from 和 to 对调，或改正日期")
    return value


class OverrideConfig(Section):
    """A swap: this person stands in for a level between two moments."""

    level: Name
    person: str
    begin: LocalTime = Field(alias="from")
    end: LocalTime = Field(alias="to")

    @field_validator("end")
    @classmethod
    def _forward(cls, value: LocalTime, info: ValidationInfo) -> LocalTime:
        return _after_begin(value, info)


class AbsenceConfig(Section):
    """Leave: this person is called on no level between two moments."""

    person: str
    begin: LocalTime = Field(alias="from")
    end: LocalTime = Field(alias="to")

    @field_validator("end")
    @classmethod
    def _forward(cls, value: LocalTime, info: ValidationInfo) -> LocalTime:
        return _after_begin(value, info)


class OncallConfig(Section):
    """The order in which people are called, the swaps and who is on leave."""

    levels: tuple[LevelConfig, ...] = ()
    overrides: tuple[OverrideConfig, ...] = ()
    absences: tuple[AbsenceConfig, ...] = ()


class RestrictedName(Section):
    """Somebody whose incidents are restricted, and what else people call them."""

    name: Name
    aliases: tuple[Name, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:  # noqa: ANN401 - any YAML value
        return {"name": value} if isinstance(value, str) else value

    @field_validator("aliases")
    @classmethod
    def _telling(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        # One character, or marks alone, stand everywhere.
        if any(sum(map(str.isalnum, one)) < 2 for one in value):  # noqa: PLR2004
            raise ValueError(
                "一个字或只有标点的别名到处都是，会把不相干的事件转为受限；写成两个字以上"
            )
        return value


class RestrictedConfig(Section):
    """Incidents that name leadership or somebody on call, and who hears of them instead."""

    names: tuple[RestrictedName, ...] = ()
    # RED loops over three levels at most: a fourth would be called once and never again.
    chain: tuple[str, ...] = Field(default=(), max_length=3)

    @field_validator("chain")
    @classmethod
    def _goes_somewhere(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.data.get("names") and not value:
            raise ValueError("要写 chain：说到这些人的事件改由谁处理，按叫人的先后写编号")
        return value


class TrialConfig(Section):
    """A trial: until a person ends it, every message goes to its owner alone."""

    owner: str
    until: Day


class GatewayConfig(Section):
    """How an SMS or voice gateway wants to be asked; {mobile} {text} {title} {code} are filled."""

    body: dict[str, Any] = Field(min_length=1)
    field: str = ""
    equals: str = ""

    @field_validator("body")
    @classmethod
    def _says_something(cls, value: dict[str, Any]) -> dict[str, Any]:
        if "{text}" not in str(value):
            raise ValueError("里面没有 {text}，收到的人看不到内容；在网关要的字段里写上 {text}")
        return value


_RINGING = frozenset({"json", "jsons", "bark", "barks"})


class ChannelConfig(Section):
    """Where messages go: an Apprise address whose secrets come from the environment."""

    name: Name
    url: str = Field(repr=False)
    # 企业微信 and 钉钉 refuse the 21st message of a minute; five are kept for red ones.
    per_minute: int = Field(default=15, ge=1, le=100)
    gateway: GatewayConfig | None = None
    # Whether it wakes who sleeps: a telephone call, or at least an SMS. Robots in groups do not.
    wakes: Literal["call", "sms"] | None = None

    @field_validator("wakes")
    @classmethod
    def _rings(cls, value: str | None, info: ValidationInfo) -> str | None:
        schema = str(info.data.get("url", "json")).partition("://")[0].lower()
        if value is not None and schema not in _RINGING:
            raise ValueError(
                "这种渠道叫不醒人；wakes 只写在电话、短信网关（json://、jsons://）和 Bark 上"
            )
        return value

    @field_validator("url")
    @classmethod
    def _has_scheme(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9+.-]*://\S+", value, re.IGNORECASE):
            raise ValueError("不是渠道地址；写成「类型://…」，如 wecombot://${WECOM_KEY}")
        return value

    @property
    def dials(self) -> bool:
        """Whether it is a gateway that dials its recipient's own number."""
        return self.gateway is not None and "{mobile}" in str(self.gateway.body)
