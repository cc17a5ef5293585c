"""How facts look on a terminal of 80 columns, and how what people type becomes a value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo

from rich import box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from monitor.cli.context import Refusal, console
from monitor.cli.folding import fold
from monitor.config_types import parse_clock_time, parse_duration
from monitor.domain.tier import Tier

TIER_STYLES = {Tier.NONE: "dim", Tier.YELLOW: "yellow", Tier.ORANGE: "dark_orange", Tier.RED: "red"}
LATE = "bold red"
# Zero-width and byte-order marks that pasted texts carry, and marks that turn the reading order.
_UNSEEN = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DAY = timedelta(days=1)
_AGES = timedelta(days=36_600)


def when(at: datetime | None, zone: tzinfo, now: datetime) -> str:
    """An instant as people read it; the year only where it is not this year's."""
    if at is None:
        return "—"
    local = at.astimezone(zone)
    year = "" if local.year == now.astimezone(zone).year else f"{local:%Y}-"
    return f"{year}{local:%m-%d %H:%M}"


def stamp(at: datetime | None, zone: tzinfo) -> str | None:
    """An instant as programs read it, in the configured zone."""
    return at.astimezone(zone).isoformat(timespec="seconds") if at else None


def span(length: timedelta) -> str:
    """A length of time in its two largest units; less than a minute is 不到 1 分钟."""
    minutes = int(abs(length) / timedelta(minutes=1))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    if hours:
        return f"{hours} 小时 {rest} 分" if rest else f"{hours} 小时"
    return f"{rest} 分钟" if rest else "不到 1 分钟"


def deadline(at: datetime, zone: tzinfo, now: datetime) -> Text:
    """A deadline, in red with how late it is once it has passed."""
    if at < now:
        return Text(f"{when(at, zone, now)} 已超 {span(now - at)}", style=LATE)
    return Text(f"{when(at, zone, now)} 前（还有 {span(at - now)}）")


def tier_words(tier: Tier, *, confirmed: bool) -> Text:
    """The tier in its colour, 「待核」 while nobody has confirmed it."""
    unsure = "·待核" if tier and not confirmed else ""
    return Text(f"{tier.label}{unsure}", style=TIER_STYLES[tier])


def safe(text: str) -> str:
    """Foreign text without anything that could steer a terminal; line ends stay."""
    spaced = re.sub(r"\r\n?|[\u2028\u2029\x85\v\f]", "\n", text).replace("\t", " ")
    return "".join(c for c in spaced if c == "\n" or unicodedata.category(c)[0] != "C")


def line(text: str, limit: int = 60) -> str:
    """Foreign text as one harmless line of at most `limit` characters."""
    flat = " ".join(safe(text).split())
    return flat if len(flat) <= limit else f"{flat[: limit - 1]}…"


def say(*parts: str | Text, style: str = "") -> None:
    """Print one line; nothing in it is read as markup, and long links stay whole."""
    console.print(Text.assemble(*parts, style=style), soft_wrap=True)


def heading(text: str) -> None:
    """Print the title of a section."""
    console.print()
    console.print(Text(text, style="bold"))


def bullet(*parts: str | Text, lead: str = "  ", again: str | None = None) -> None:
    """Print a paragraph after `lead`; its other lines begin with `again`, or as deep in blanks."""
    width = cell_len(lead)
    margin = " " * width if again is None else again
    for place, part in enumerate(fold(Text.assemble(*parts), console.width - width)):
        console.print(Text.assemble(margin if place else lead, part), soft_wrap=True)


def table(titles: Iterable[str], rows: Iterable[Iterable[str | Text]]) -> None:
    """Print a table; the last column takes what is left of the width, every cell folds."""
    heads = list(titles)
    cells = [[one if isinstance(one, Text) else Text(one) for one in row] for row in rows]
    widths = _widths(heads, cells)
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    for head in heads:
        grid.add_column(head, overflow="fold")
    for row in cells:
        folded = (fold(one, width) for one, width in zip(row, widths, strict=True))
        grid.add_row(*(Text("\n").join(lines) for lines in folded))
    console.print(grid)


def _widths(heads: list[str], cells: list[list[Text]]) -> list[int]:
    """The cells of each column; where the last would get too few, the widest others give some."""
    wanted = [
        max(_width(head), *(_width(row[place].plain) for row in cells), 0)
        for place, head in enumerate(heads)
    ]
    widths, last = wanted[:-1], min(wanted[-1], _LEAST)
    room = console.width - _GAP * len(widths)
    while widths and room - sum(widths) < last and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return [*widths, max(min(last, _NARROWEST), room - sum(widths))]


_GAP = 3  # blanks between two columns: the padding of both and the line between
_LEAST = 16  # cells of a last column that reads well; wider ones give way for it
_NARROWEST = 11  # cells of «11-22 14:30», which is not to break


def _width(text: str) -> int:
    return max(map(cell_len, text.split("\n")))


def wording(text: str) -> str:
    """What a person typed or pasted, without control characters and invisible marks."""
    seen = re.sub(r"\r\n?|[\u2028\u2029\x85\v\f]", "\n", text).replace("\t", " ")
    kept = (c for c in _UNSEEN.sub("", seen) if c == "\n" or unicodedata.category(c) not in _BAD)
    return "".join(kept).strip()


_BAD = frozenset({"Cc", "Cs", "Co"})


def number(text: str, what: str) -> int:
    """A number that a person typed; `what` says where to find the right one."""
    if not re.fullmatch(r"[0-9]{1,15}", text.strip()):
        raise Refusal(f"「{line(text, 30)}」不是编号：编号是数字，{what}")
    return int(text)


def moment(text: str, now: datetime, zone: tzinfo, *, ahead: bool) -> datetime:
    """An instant that a person typed: a date and time, 08:00 (the next or the last), 6h or 2d.

    Without an offset it is in `zone`; a length counts from now, `ahead` says in which direction.
    """
    text = text.strip()
    if re.fullmatch(r"[0-9]{1,8}[smhd]", text):
        return now + (_length(text) if ahead else -_length(text))
    if re.fullmatch(r"[0-9]{1,2}:[0-9]{2}", text):
        # Two instants of one zone are compared by their clocks, which lie on the night of a change.
        return _on_the_clock(text, now.astimezone(zone), ahead=ahead).astimezone(now.tzinfo)
    try:
        at = datetime.fromisoformat(text)
        aware = at if at.tzinfo else at.replace(tzinfo=zone)
        _ = (aware - _AGES, aware + _AGES)  # what is reckoned from it must still be a date
        return aware.astimezone(now.tzinfo)
    except (ValueError, OverflowError) as error:
        raise Refusal(
            f"时间「{line(text, 30)}」看不懂：写成 2026-11-22 08:00、08:00 或 6h（小时）、2d（天）"
        ) from error


def _length(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise Refusal(str(error)) from error


def _on_the_clock(text: str, local: datetime, *, ahead: bool) -> datetime:
    try:
        clock = parse_clock_time(text)
    except ValueError as error:
        raise Refusal(str(error)) from error
    at = datetime.combine(local.date(), clock, local.tzinfo)
    if ahead and at <= local:
        at += _DAY
    if not ahead and at > local:
        at -= _DAY
    return at
