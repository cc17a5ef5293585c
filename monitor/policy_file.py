"""Reads a policy file into the domain's Policy; errors are Chinese sentences with their line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from monitor.config_yaml import Loc, YamlError
from monitor.domain.policy import Override, Policy
from monitor.domain.tier import Tier
from monitor.policy_errors import problems, read_document, render

DEFAULT = Path(__file__).parent / "policy.yaml"
EXAMPLE = "可以先运行 fengsui policy show > my-policy.yaml，再照着改"
TierName = Literal["none", "yellow", "orange", "red"]
Kind = Literal["critical", "serious", "ordinary", "none"]
KINDS: tuple[Kind, ...] = ("critical", "serious", "ordinary", "none")
Hour = Annotated[int, Field(ge=0, le=23)]
# Two weeks: longer windows and quiet times are a slip of the unit, hours for days.
Hours = Annotated[float, Field(gt=0, le=336, allow_inf_nan=False)]


class PolicyError(ValueError):
    """The policy file cannot be used; the message says where and what to write instead."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class _Quiet(_Section):
    yellow: Hours
    orange: Hours
    red: Hours


class _SomeQuiet(_Section):
    yellow: Hours | None = None
    orange: Hours | None = None
    red: Hours | None = None


def _rising(bands: list[float] | None) -> list[float] | None:
    if bands is not None and bands != sorted(set(bands)):
        raise ValueError("热度分档要从小到大，不能重复")
    return bands


class _Changes(_Section):
    """What an override may change; everything but the version and the night."""

    heat_bands: Annotated[list[float], Field(min_length=1)] | None = None
    matrix: dict[Kind, list[TierName]] | None = None
    matrix_negative_share: float | None = Field(default=None, ge=0, le=1)
    credible_signs: int | None = Field(default=None, ge=1, le=4)
    claim_score: float | None = Field(default=None, ge=0, le=1)
    growth: float | None = Field(default=None, gt=1)
    growth_minimum: int | None = Field(default=None, ge=2)
    surprise: float | None = Field(default=None, gt=0)
    burst_claims: int | None = Field(default=None, ge=1)
    spread_platforms: int | None = Field(default=None, ge=2)
    window_hours: Hours | None = None
    quiet_hours: _SomeQuiet | None = None

    _in_order = field_validator("heat_bands")(_rising)


class _Override(_Section):
    brand: Annotated[str, Field(min_length=1)] | None = None
    hours: tuple[Hour, Hour] | None = None
    why: Annotated[str, Field(min_length=1)]
    set: _Changes

    @field_validator("hours")
    @classmethod
    def _a_stretch(cls, hours: tuple[int, int] | None) -> tuple[int, int] | None:
        if hours is not None and hours[0] == hours[1]:
            raise ValueError("起止是同一个钟点；全天都改就不写 hours")
        return hours

    @model_validator(mode="after")
    def _narrower(self) -> _Override:
        if self.brand is None and self.hours is None:
            raise ValueError("要写 brand（哪个品牌）或 hours（几点到几点）；对所有都改就直接改上面")
        if not self.set.model_fields_set:
            raise ValueError("set 里没有要改的数；写上，或删掉这一条")
        return self


class _File(_Section):
    version: Annotated[str, Field(min_length=1)]
    heat_bands: Annotated[list[float], Field(min_length=1)]
    matrix: dict[Kind, list[TierName]]
    matrix_negative_share: float = Field(ge=0, le=1)
    credible_signs: int = Field(ge=1, le=4)
    claim_score: float = Field(ge=0, le=1)
    growth: float = Field(gt=1)
    growth_minimum: int = Field(ge=2)
    surprise: float = Field(gt=0)
    burst_claims: int = Field(ge=1)
    spread_platforms: int = Field(default=3, ge=2)
    window_hours: Hours
    quiet_hours: _Quiet
    night: tuple[Hour, Hour]
    overrides: list[_Override] = Field(default_factory=list)

    _in_order = field_validator("heat_bands")(_rising)


def load_policy(path: Path | None = None) -> Policy:
    """Read a policy file, the shipped one when none is named; raises PolicyError."""
    path = path or DEFAULT
    try:
        document = read_document(path, "策略文件", EXAMPLE)
    except YamlError as error:
        line = f" 第 {error.line} 行" if error.line else ""
        raise PolicyError(f"策略文件 {path}{line}：{error.text}") from None
    try:
        file = _File.model_validate(document.tree)
    except ValidationError as error:
        wrong = problems(document, _keys, errors=error.errors(include_url=False))
        raise PolicyError(f"策略文件 {path} 有错：\n{render(path, wrong)}") from None
    found = problems(document, _keys, own=_lengths(file))
    if found:
        raise PolicyError(f"策略文件 {path} 有错：\n{render(path, found)}")
    return _policy(file)


def policy_of(source: Mapping[str, Any]) -> Policy:
    """The policy that an open incident keeps as it was at its opening."""
    return _policy(_File.model_validate(source))


def _lengths(file: _File) -> Iterator[tuple[Loc, str]]:
    """Rows that do not fit the heat bands; an override may not change how many bands there are."""
    bands = len(file.heat_bands)
    yield from _bad_rows(("matrix",), file.matrix, bands, KINDS)
    for number, one in enumerate(file.overrides):
        place: Loc = ("overrides", number, "set")
        if one.set.heat_bands is not None and len(one.set.heat_bands) != bands:
            yield (*place, "heat_bands"), f"要和上面一样写 {bands} 个分档"
        rows = one.set.matrix or {}
        yield from _bad_rows((*place, "matrix"), rows, bands, tuple(rows))


def _bad_rows(
    place: Loc, rows: Mapping[Kind, list[TierName]], bands: int, kinds: Iterable[Kind]
) -> Iterator[tuple[Loc, str]]:
    for kind in kinds:
        row = rows.get(kind)
        if row is None:
            yield place, f"少了 {kind} 这一行"
        elif len(row) != bands + 1:
            yield (*place, kind), f"要有 {bands + 1} 档（比热度分档多一个），写了 {len(row)} 档"
        elif row != sorted(row, key=_order):
            yield (*place, kind), "热度越高，级别不能越低；从左到右只能升"


def _order(name: TierName) -> int:
    return Tier[name.upper()]


def _keys(loc: Loc) -> list[str]:
    """The keys that may stand under a place of a policy file."""
    names = [part for part in loc if isinstance(part, str)]
    inner: dict[str, type[_Section]] = {
        "quiet_hours": _Quiet,
        "set": _Changes,
        "overrides": _Override,
    }
    if names and names[-1] == "matrix":
        return list(KINDS)
    model = inner.get(names[-1], _File) if names else _File
    return list(model.model_fields)


def _policy(file: _File) -> Policy:
    read = file.model_dump(exclude_unset=True, mode="json")
    given = _fields(read)
    overrides = tuple(
        Override(
            changes=_fields(one.set.model_dump(exclude_none=True, mode="json")),
            brand=one.brand,
            hours=one.hours,
            why=one.why,
        )
        for one in file.overrides
    )
    version, night = file.version, file.night
    return Policy(version=version, night=night, overrides=overrides, source=read, **given)


# What a file calls it → what the domain calls it, and how its value is made.
_HOW: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "heat_bands": ("bands", tuple),
    "matrix": (
        "matrix",
        lambda rows: {kind: tuple(Tier[one.upper()] for one in row) for kind, row in rows.items()},
    ),
    "quiet_hours": (
        "quiet",
        lambda rows: {Tier[one.upper()]: timedelta(hours=hours) for one, hours in rows.items()},
    ),
    "window_hours": ("window", lambda hours: timedelta(hours=hours)),
}
_OWN = frozenset({"version", "night", "overrides"})


def _fields(read: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a file as fields of Policy."""
    made = {}
    for name, value in read.items():
        if name not in _OWN:
            field, make = _HOW.get(name, (name, lambda same: same))
            made[field] = make(value)
    return made
