"""Numbers that carry their evidence: a figure is the count of the ids behind it."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

ENOUGH = 10  # incidents.md §3: shares of fewer than ten are suppressed
_Z = 1.959964  # two-sided 95 % of the normal distribution

TOO_FEW = "样本太少，不作结论"


@dataclass(frozen=True, slots=True)
class Figure:
    """How many, which ones, and how they were asked for; the number is never set by hand."""

    of: str
    """What is counted, in Chinese: 提及, 事件, 消息, 步骤, 采集, 退回."""
    query: str
    """The question in words, so that the count can be repeated."""
    ids: tuple[int | str, ...] = ()

    @property
    def value(self) -> int:
        """The count."""
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Rate:
    """A part of a whole, with the 95 % Wilson interval when there is enough to say so."""

    part: Figure
    whole: Figure

    @property
    def enough(self) -> bool:
        """Whether there is enough to name a share."""
        return self.whole.value >= ENOUGH

    @property
    def share(self) -> float | None:
        """0 to 1, or None when there is too little."""
        return self.part.value / self.whole.value if self.enough else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Low and high end, or None when there is too little."""
        return wilson(self.part.value, self.whole.value) if self.enough else None


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of `part` out of `whole`, which must not be zero."""
    share, square = part / whole, _Z**2
    middle = share + square / (2 * whole)
    spread = _Z * sqrt(share * (1 - share) / whole + square / (4 * whole**2))
    scale = 1 + square / whole
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def compared(now: Rate, before: Rate) -> str:
    """Say in Chinese whether the share changed; overlapping intervals allow no conclusion."""
    if now.interval is None:
        return f"本周可判读的提及只有 {now.whole.value} 条，{TOO_FEW}"
    if before.interval is None:
        return f"前 28 天可判读的提及只有 {before.whole.value} 条，样本太少，不能比较"
    if now.interval[0] > before.interval[1]:
        return "高于前 28 天（两个区间不重叠）"
    if now.interval[1] < before.interval[0]:
        return "低于前 28 天（两个区间不重叠）"
    return "不能下结论：与前 28 天的区间有重叠，看到的差别可能只是偶然"
