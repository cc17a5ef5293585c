"""ISO weeks as people in China count them: Monday 00:00 to Monday 00:00, Beijing time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from monitor.domain.mention import SHANGHAI

_FORM = re.compile(r"(\d{4})-[Ww](\d{2})")
_EXAMPLE = "请写成 2026-W47 这样（年份-W 两位周数）"


@dataclass(frozen=True, slots=True)
class Week:
    """One ISO week, named by its year and number."""

    year: int
    number: int

    @property
    def label(self) -> str:
        """The name people type, as 2026-W47."""
        return f"{self.year:04}-W{self.number:02}"

    @property
    def days(self) -> tuple[date, ...]:
        """Monday to Sunday."""
        return tuple(date.fromisocalendar(self.year, self.number, day) for day in range(1, 8))

    @property
    def start(self) -> datetime:
        """Monday 00:00 in Shanghai."""
        return datetime.combine(self.days[0], time(), SHANGHAI)

    @property
    def end(self) -> datetime:
        """The next Monday 00:00 in Shanghai, no longer part of the week."""
        return self.start + timedelta(days=7)


def parse_week(text: str) -> Week:
    """Read 2026-W47; raises ValueError with a Chinese sentence."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"看不懂周次「{text}」：{_EXAMPLE}")
    week = Week(int(found[1]), int(found[2]))
    try:
        _ = week.end
    except (ValueError, OverflowError) as error:
        raise ValueError(f"没有「{text}」这一周：{_EXAMPLE}") from error
    return week


def week_of(at: datetime) -> Week:
    """The week that an instant falls in, by the calendar in Shanghai."""
    year, number, _ = at.astimezone(SHANGHAI).isocalendar()
    return Week(year, number)
