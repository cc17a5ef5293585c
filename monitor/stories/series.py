"""Rows of numbers in short: `3x10` is ten times 3, `1+1x2` is 1 2 3, `_` is not crawled."""

from __future__ import annotations

import re
from typing import Any

MOST = 10_000  # steps of a story: ten minutes each, that is more than two months
_PART = re.compile(r"(_|[0-9]+(?:\.[0-9]+)?)(?:([+-])([0-9]+(?:\.[0-9]+)?))?(?:[x×]([0-9]{1,6}))?")


def parse_series(value: Any) -> tuple[float | None, ...]:  # noqa: ANN401 - whatever the file holds
    """Read a row, as text or as a list; None stands for a step without crawling.

    `axn` repeats a n times; `a+bxn` and `a-bxn` start at a and go on n more steps of b, as in
    promtool. Raises ValueError with a Chinese sentence.
    """
    parts = value if isinstance(value, list) else str(value).replace("，", " ").split()
    numbers = [number for part in parts for number in _expanded(str(part).strip())]
    if len(numbers) > MOST:
        raise ValueError(f"一行最多 {MOST} 个数；把间隔写长一些")
    if any(number is not None and number < 0 for number in numbers):
        raise ValueError("减着减着成了负数；条数最少是 0")
    return tuple(numbers)


def _expanded(part: str) -> list[float | None]:
    found = _PART.fullmatch(part)
    if found is None or (found[2] and (found[1] == "_" or found[4] is None)):
        raise ValueError(
            f"「{part[:20]}」看不懂；写成 5、3x10（10 个 3）、1+1x2（1 2 3）或 _（没采集）"
        )
    times = int(found[4] or 1)
    if times > MOST:
        raise ValueError(f"一行最多 {MOST} 个数；把间隔写长一些")
    if found[1] == "_":
        return [None] * times
    start = float(found[1])
    if not found[2]:
        return [start] * times
    step = float(found[2] + found[3])
    return [start + step * number for number in range(times + 1)]
