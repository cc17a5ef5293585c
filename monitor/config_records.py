"""How long records are kept, and how evidence is secured."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from monitor.config_types import AnchoredPath, Name, Section, split_address

Days = Annotated[int, Field(ge=1, le=3650)]


class RetentionConfig(Section):
    """How many days each kind of record is kept before it is purged.

    audit and evidence: three years, the general limitation of a claim (民法典 188). private: our
    own choice of a quarter; 个人信息保护法 19 asks for the shortest time that the purpose needs.
    """

    mentions_days: Days = 180
    raw_days: Days = 30
    audit_days: Days = 1095
    deleted_days: Days = 30
    evidence_days: Days = 1095
    private_days: Days = 90
    sources: dict[Name, Days] = Field(default_factory=dict)


class EvidenceConfig(Section):
    """To whom evidence is sealed, who stamps its time, and which browser takes its picture."""

    recipients: tuple[str, ...] = ()
    timestamp: str = Field(default="", repr=False)  # may carry an account of the authority
    timestamp_roots: AnchoredPath | None = None
    browser: AnchoredPath | None = None

    @field_validator("recipients")
    @classmethod
    def _are_keys(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        from pyrage import RecipientError, x25519  # noqa: PLC0415 - most files name no key

        for one in value:
            try:
                x25519.Recipient.from_str(one)
            except RecipientError:
                hint = "运行 fengsui evidence key 文件 做一把，把它显示的 age1… 写在这里"
                raise ValueError(f"不是 age 公钥（应以 age1 开头）；{hint}") from None
        return value

    @field_validator("timestamp")
    @classmethod
    def _is_web(cls, value: str) -> str:
        parts = split_address(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("不是网址；写时间戳机构给的 RFC 3161 地址，如 https://tsa.example.cn")
        return value

    @model_validator(mode="after")
    def _roots_are_of_use(self) -> Self:
        if self.timestamp_roots is not None and not self.timestamp:
            raise ValueError("写了 timestamp_roots 却没有 timestamp；补上时间戳机构的地址")
        return self
