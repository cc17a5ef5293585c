"""Value types of the configuration: durations, clock times, zones, paths, addresses."""

import re
from datetime import date, datetime, time, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    ValidationInfo,
)

DEFAULT_ZONE = "Asia/Shanghai"
# A year: longer waits are a slip of the unit, and they keep date arithmetic far from overflow.
_LONGEST = timedelta(days=366)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def parse_duration(value: object) -> timedelta:
    """Turn 90s, 5m, 6h or 2d into a timedelta; anything else is a ValueError in Chinese."""
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"([0-9]{1,8})([smhd])", str(value).strip())
    if found is None:
        raise ValueError("时长看不懂；写成数字加单位，如 90s（秒）、5m（分）、6h（小时）、2d（天）")
    length = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if not timedelta(0) < length <= _LONGEST:
        raise ValueError("时长要大于 0、不超过 366 天；写成 90s、5m、6h、2d 这样")
    return length


def format_duration(value: timedelta) -> str:
    """Write a timedelta the way the file spells it, in the largest unit that divides it."""
    seconds = int(value.total_seconds())
    unit = next(unit for unit, size in _SECONDS.items() if seconds % size == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


def parse_clock_time(value: object) -> time:
    """Turn 22:00 into a time of day; anything else is a ValueError in Chinese."""
    if isinstance(value, time):
        return value
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", str(value).strip())
    if found is None:
        raise ValueError("时刻看不懂；写成 24 小时制的「时:分」，如 09:00、22:30")
    return time(int(found[1]), int(found[2]))


def parse_day(value: object) -> date:
    """Turn 2026-01-05 into a date; anything else is a ValueError in Chinese."""
    try:
        return value if isinstance(value, date) else date.fromisoformat(_dashed(value))
    except ValueError:
        raise ValueError("日期看不懂；写成「年-月-日」，如 2026-01-05") from None


def parse_moment(value: object) -> datetime:
    """Turn 2026-01-05 09:00 into a datetime; anything else is a ValueError in Chinese."""
    try:
        return value if isinstance(value, datetime) else datetime.fromisoformat(_dashed(value))
    except ValueError:
        raise ValueError("时间看不懂；写成「年-月-日 时:分」，如 2026-01-05 09:00") from None


def _dashed(value: object) -> str:
    # the standard parser also reads 20260105 and 2026-W01, which nobody here means
    text = str(value).strip()
    if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:|$)", text):
        raise ValueError
    return text


def check_zone(name: str) -> str:
    """Return the name of a known time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"没有这个时区；写成「洲/城市」，国内写 {DEFAULT_ZONE}") from None
    return name


def localise(value: datetime, info: ValidationInfo) -> datetime:
    """Read a date without an offset as local time of the configured zone."""
    if value.tzinfo is not None:
        return value
    return value.replace(tzinfo=ZoneInfo((info.context or {}).get("zone", DEFAULT_ZONE)))


def split_address(url: str) -> SplitResult:
    """Split an address; a broken one counts as empty, so callers refuse it in their own words."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # only here does a bad port show
    except ValueError:
        return urlsplit("")
    return parts


def anchor(value: Path, info: ValidationInfo) -> Path:
    """Read a relative path from the folder of the configuration file."""
    base: Path | None = (info.context or {}).get("base")
    return base / value.expanduser() if base else value


def is_loopback(url: str) -> bool:
    """Whether the address stays on this machine."""
    host = split_address(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str, when_used="json"),
]
ClockTime = Annotated[
    time,
    BeforeValidator(parse_clock_time),
    PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str, when_used="json"),
]
ZoneName = Annotated[str, AfterValidator(check_zone)]
Day = Annotated[date, BeforeValidator(parse_day)]
LocalTime = Annotated[datetime, BeforeValidator(parse_moment), AfterValidator(localise)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
AnchoredPath = Annotated[Path, AfterValidator(anchor)]


class Section(BaseModel):
    """What all sections share: frozen, no unknown keys, no input in error texts."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True
    )
