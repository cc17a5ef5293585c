"""Reads when something was published: 「3分钟前」, 「昨天下午3点」, 「11-20 18:05」, ISO, RFC 2822.

Pure: `now` and the zone are arguments; answers are aware and in UTC.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from crawlers import date_words as words
from crawlers.date_clock import A_DAY, number, with_clock

SHANGHAI = ZoneInfo("Asia/Shanghai")
AHEAD = timedelta(minutes=10)  # servers' clocks differ by minutes; what lies further ahead is wrong
DOUBTFUL = timedelta(days=2)  # «11-20» one day ahead is a wrong clock, not last year's post
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # older than any page: a counter that looks like a date
LEAP_YEARS = 9  # looking this many years back finds every 29 February
LONGEST = 200  # characters; a date with its label is shorter, the rest is text


@dataclass(frozen=True, slots=True)
class When:
    """An instant in UTC; `day_only` when the text named no hour."""

    at: datetime
    day_only: bool = False


def parse_when(text: str, now: datetime, zone: tzinfo = SHANGHAI) -> datetime | None:
    """Return the instant in UTC that a date on a page means; None if unreadable or in the future.

    `now` is aware: when the page was read. A day without hour is its first moment in `zone`; a
    date without year is the last such date.
    """
    found = read_when(text, now, zone)
    return found.at if found else None


def read_when(text: str, now: datetime, zone: tzinfo = SHANGHAI) -> When | None:
    """Return what `parse_when` returns and how precise it is; no text makes it raise."""
    if len(text) > LONGEST:
        return None
    said, here = _plain(text), now.astimezone(zone)
    for reader in (_digits, _moment, _ago, _dated, _recent):
        with contextlib.suppress(ValueError, OverflowError):
            found = reader(said, here)
            if found is not None:
                return found if OLDEST <= found.at <= now + AHEAD else None
    return None


def parse_time(text: str) -> datetime | None:
    """Return the instant in UTC of a full date, Shanghai without offset; None if unreadable."""
    for reader in (datetime.fromisoformat, _mail_time, _full_time):
        with contextlib.suppress(ValueError, OverflowError, TypeError):
            moment = reader(text.strip())
            aware = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
            return aware.astimezone(UTC)
    return None


def _mail_time(text: str) -> datetime:
    return parsedate_to_datetime(text.replace("CST", "+0800"))  # in these feeds: China, not Chicago


def _full_time(text: str) -> datetime:
    match = words.FULL_DATE.search(text)
    if match is None:
        raise ValueError(text)
    return with_clock(_date_of(match), text[match.end() :], SHANGHAI)[0]


def _plain(text: str) -> str:
    """Make digits and marks plain, drop what cannot be seen and the label before the date."""
    folded = unicodedata.normalize("NFKC", text)
    seen = "".join(c for c in folded if unicodedata.category(c) not in {"Cf", "Cc"} or c in "\t\n")
    return words.LABEL.sub("", seen.strip()).strip()


def _moment(said: str, here: datetime) -> When | None:
    """Read 刚刚 and what machines write."""
    start = words.NOW.match(said)
    if start and _ends(said[start.end() :]):
        return When(here.astimezone(UTC))
    for reader in (datetime.fromisoformat, _mail_time):
        with contextlib.suppress(ValueError, TypeError):
            moment = reader(said)
            aware = moment if moment.tzinfo else moment.replace(tzinfo=here.tzinfo)
            return When(aware.astimezone(UTC), ":" not in said and "T" not in said)
    return None


def _digits(said: str, here: datetime) -> When | None:
    """Read 1795142700, 1795142700000, 202611201805 and 20261120."""
    if not (said.isascii() and said.isdecimal()):
        return None
    if len(said) in words.EPOCHS:
        return When(datetime.fromtimestamp(int(said) / words.EPOCHS[len(said)], UTC))
    shape = words.DIGITS.get(len(said), "")
    moment = datetime.strptime(said, shape).replace(tzinfo=here.tzinfo)
    return When(moment.astimezone(UTC), "%H" not in shape)


def _ago(said: str, here: datetime) -> When | None:
    """Read 3分钟前, 一个半小时前, 半年前; days and longer spans say no hour."""
    match = words.AGO.match(said)
    if match is None or not _ends(said[match.end() :]):
        return None
    unit = words.UNITS[match["unit"].lower()]
    count = number(match["count"]) + (0.5 if match["and_half"] or match["half_more"] else 0)
    at = (here.astimezone(UTC) - count * unit).astimezone(UTC)
    return When(at, unit >= A_DAY)


def _dated(said: str, here: datetime) -> When | None:
    """Read a date with its year, wherever it stands in the label."""
    for shape in (words.FULL_DATE, words.HANZI_DATE):
        match = shape.search(said)
        if match is not None:
            return _when(_date_of(match), said[match.end() :], here)
    match = words.SHORT_DATE.match(said)
    return _when(_date_of(match), said[match.end() :], here, strict=True) if match else None


def _recent(said: str, here: datetime) -> When | None:
    """Read a date that leaves something out: 昨天, 周五, 11-20, 18:05."""
    if match := words.DAY.match(said):
        back = words.DAYS_AGO[match["day"].lower()]
        return _when(here.date() - back * A_DAY, said[match.end() :], here, strict=True)
    if match := words.WEEKDAY.match(said):
        return _weekday(match, said[match.end() :], here)
    if match := words.MONTH_AND_DATE.match(said):
        return _of_last_year(match, said[match.end() :], here)
    return _when(here.date(), said, here, strict=True) if words.CLOCK.match(said) else None


def _weekday(match: re.Match[str], rest: str, here: datetime) -> When | None:
    """Read 周五 as the last one, 上周五 as the one of the week before."""
    which, monday = match["which"] or "", here.date() - here.weekday() * A_DAY
    day = monday + words.WEEKDAYS[match["weekday"]] * A_DAY - which.count("上") * 7 * A_DAY
    found = _when(day, rest, here, strict=True)
    if found and not which and found.at > here + AHEAD:
        return _when(day - 7 * A_DAY, rest, here, strict=True)
    return found


def _of_last_year(match: re.Match[str], rest: str, here: datetime) -> When | None:
    """Give a date without year the last year in which it is not ahead of us."""
    if match["year"]:
        year = here.year - words.YEARS_AGO[match["year"]]
        day = date(year, int(match["month"]), int(match["date"]))
        return _when(day, rest, here, strict=True)
    for year in range(here.year + 1, here.year - LEAP_YEARS, -1):
        with contextlib.suppress(ValueError):
            day = date(year, int(match["month"]), int(match["date"]))
            found = _when(day, rest, here, strict=True)
            if found is None or found.at <= here + DOUBTFUL:
                return found
    return None


def _date_of(match: re.Match[str]) -> date:
    year = match["year"]
    if not year.isdecimal():
        year = "".join(str(words.HANZI[c]) for c in year)
    full = int(year) if len(year) > 2 else 2000 + int(year)  # noqa: PLR2004 (「26-11-20」)
    return date(full, round(number(match["month"])), round(number(match["date"])))


def _when(day: date, rest: str, here: datetime, *, strict: bool = False) -> When | None:
    """Put a day and the hour behind it together; `strict` wants nothing else behind those."""
    zone = here.tzinfo or SHANGHAI
    at, left = with_clock(day, rest, zone)
    if strict and not _ends(left):
        return None
    return When(at.astimezone(UTC), left == rest)


def _ends(left: str) -> bool:
    """Tell whether nothing follows but 已编辑, a place or where it was sent from."""
    return words.PLACE.fullmatch(left) is not None
