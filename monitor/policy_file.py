"""Reads a policy file into the domain's Policy; errors are Chinese sentences with their place."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from monitor.domain.policy import Policy
from monitor.domain.tier import Tier

DEFAULT = Path(__file__).parent / "policy.yaml"
TierName = Literal["none", "yellow", "orange", "red"]
Hour = Annotated[int, Field(ge=0, le=23)]


class PolicyError(ValueError):
    """The policy file cannot be used; the message says where and what to write instead."""


class _Quiet(BaseModel):
    model_config = ConfigDict(extra="forbid")

    yellow: float = Field(gt=0)
    orange: float = Field(gt=0)
    red: float = Field(gt=0)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: str
    heat_bands: Annotated[list[float], Field(min_length=1)]
    matrix: dict[Literal["critical", "serious", "ordinary", "none"], list[TierName]]
    matrix_negative_share: float = Field(ge=0, le=1)
    credible_signs: int = Field(ge=1, le=4)
    claim_score: float = Field(ge=0, le=1)
    growth: float = Field(gt=1)
    growth_minimum: int = Field(ge=2)
    surprise: float = Field(gt=0)
    burst_claims: int = Field(ge=1)
    window_hours: float = Field(gt=0)
    quiet_hours: _Quiet
    night: tuple[Hour, Hour]

    @field_validator("heat_bands")
    @classmethod
    def _rising(cls, bands: list[float]) -> list[float]:
        if bands != sorted(set(bands)):
            raise ValueError("热度分档要从小到大，不能重复")
        return bands


def load_policy(path: Path | None = None) -> Policy:
    """Read a policy file, the shipped one when none is named; raises PolicyError."""
    path = path or DEFAULT
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
        file = _File.model_validate(read)
    except OSError as error:
        raise PolicyError(f"策略文件 {path} 读不出来：{error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PolicyError(f"策略文件 {path} 不是合法的 UTF-8 YAML：{error}") from error
    except ValidationError as error:
        places = "；".join(_place(one) for one in error.errors())
        raise PolicyError(f"策略文件 {path} 有错：{places}。可对照自带的 policy.yaml 改") from error
    return _policy(file, read, path)


def _place(error: Any) -> str:  # noqa: ANN401 - pydantic's own dictionary
    where = ".".join(str(part) for part in error["loc"]) or "整个文件"
    what = {"missing": "缺少这一项", "extra_forbidden": "没有这个键"}.get(
        error["type"], error["msg"]
    )
    return f"{where}：{what}"


def _policy(file: _File, read: dict[str, Any], path: Path) -> Policy:
    matrix: dict[str, tuple[Tier, ...]] = {
        str(kind): tuple(Tier[name.upper()] for name in row) for kind, row in file.matrix.items()
    }
    for kind in ("critical", "serious", "ordinary", "none"):
        if len(matrix.get(kind, ())) != len(file.heat_bands) + 1:
            wanted = len(file.heat_bands) + 1
            raise PolicyError(
                f"策略文件 {path} 有错：matrix.{kind} 要有 {wanted} 档（比分档多一个）"
            )
    quiet = {Tier[name.upper()]: timedelta(hours=hours) for name, hours in file.quiet_hours}
    return Policy(
        version=file.version,
        bands=tuple(file.heat_bands),
        matrix=matrix,
        quiet=quiet,
        credible_signs=file.credible_signs,
        claim_score=file.claim_score,
        growth=file.growth,
        growth_minimum=file.growth_minimum,
        surprise=file.surprise,
        burst_claims=file.burst_claims,
        matrix_negative_share=file.matrix_negative_share,
        window=timedelta(hours=file.window_hours),
        night=file.night,
        source=read,
    )


def policy_of(source: dict[str, Any]) -> Policy:
    """The policy that an open incident keeps as it was at its opening."""
    return _policy(_File.model_validate(source), source, Path("（事件保存的策略）"))
