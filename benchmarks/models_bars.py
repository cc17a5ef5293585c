"""What the built-in model must reach, as data, and whether a measured figure does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.evaluation import Both, Figures

# A floor may be missed by this much once the emoticons are stripped.
ALLOWANCE = 0.02
# Codes with fewer cases in the test split say too little to be held to anything.
MIN_CASES = 10
CODE_FLOOR = 0.6


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the table: the figure, what a prototype reached, what we must and want."""

    label: str
    source: str
    figure: str
    prototype: float | None
    must: float
    aim: float | None
    unit: str = ""
    lower_is_better: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A bar and what was measured; `stripped` is None where emoticons play no part."""

    bar: Bar
    texts: int
    ours: float
    stripped: float | None = None

    @property
    def reached(self) -> bool:
        """Both forms keep the floor."""
        return self._keeps(self.bar.must)

    @property
    def aimed(self) -> bool:
        """Both forms reach the aim."""
        return self.bar.aim is not None and self._keeps(self.bar.aim)

    def _keeps(self, floor: float) -> bool:
        sign = -1 if self.bar.lower_is_better else 1
        held = sign * self.ours >= sign * floor
        if self.stripped is None:
            return held
        return held and sign * self.stripped >= sign * floor - ALLOWANCE


THREE, TWO = "macro_f1", "two_class"
FIGURE_NAMES = {
    THREE: "macro-F1，三类",
    TWO: "准确率，负对正",
    "risk_micro_f1": "micro-F1",
    "risk_lowest": "最低一类的 F1",
    "stance_macro_f1": "macro-F1，三种立场",
    "calibration_error": "校准误差",
    "speed": "比 BERT-base",
    "weights": "权重目录",
    "memory": "常驻内存，峰值",
}
QUALITY_BARS = (
    Bar("危机文本", "crisis", THREE, 0.69, 0.78, 0.90),
    Bar("医疗微博", "medical_weibo", THREE, 0.61, 0.72, 0.84),
    Bar("通用微博", "weibo_usual", THREE, 0.82, 0.84, 0.88),
    Bar("健康微博（疫情）", "weibo_covid", THREE, 0.77, 0.82, 0.88),
    Bar("微博句子（nlpcc2013）", "weibo_nlpcc2013", THREE, 0.68, 0.74, 0.82),
    Bar("公共事件评论", "weibo_events", TWO, 0.82, 0.85, 0.88),
    Bar("酒店评价", "hotel_reviews", TWO, 0.88, 0.92, 0.96),
    Bar("外卖评价", "takeaway_reviews", TWO, 0.85, 0.90, 0.96),
    Bar("购物评价", "shopping_reviews", TWO, 0.91, 0.94, 0.96),
    Bar("危机文本，风险", "crisis", "risk_micro_f1", None, 0.75, 0.88),
    Bar("危机文本，最弱的风险类", "crisis", "risk_lowest", None, CODE_FLOOR, None),
    Bar("危机文本，立场", "crisis", "stance_macro_f1", None, 0.70, 0.85),
    Bar("危机文本，校准", "crisis", "calibration_error", None, 0.05, 0.03, lower_is_better=True),
    Bar(
        "通用微博，校准", "weibo_usual", "calibration_error", None, 0.05, 0.03, lower_is_better=True
    ),
)
SOURCES = tuple(dict.fromkeys(bar.source for bar in QUALITY_BARS))
SPEED_BAR = Bar("速度", "speed", "speed", 6.7, 10, 15, " ×")
SIZE_BARS = (
    Bar("大小", "size", "weights", None, 45, 25, " MB", lower_is_better=True),
    Bar("内存", "size", "memory", None, 700, None, " MB", lower_is_better=True),
)


def quality_lines(found: Mapping[str, Both]) -> list[Line]:
    """Return the lines of the sets that were measured, in the table's order."""
    return [
        Line(
            bar,
            found[bar.source].as_is.texts,
            figure_of(found[bar.source].as_is, bar.figure),
            figure_of(found[bar.source].stripped, bar.figure),
        )
        for bar in QUALITY_BARS
        if bar.source in found
    ]


def figure_of(figures: Figures, name: str) -> float:
    """Return one figure of a set by its name; a set without risk labels has no risk figures."""
    plain = {
        THREE: figures.macro_f1,
        TWO: figures.two_class,
        "calibration_error": figures.calibration_error,
    }
    if name in plain:
        return plain[name]
    if figures.risk is None:
        return 0.0
    lowest = min(code_figures(figures).values(), default=0.0)
    return {
        "risk_micro_f1": figures.risk.micro_f1,
        "risk_lowest": lowest,
        "stance_macro_f1": figures.risk.stance_macro_f1,
    }[name]


def code_figures(figures: Figures) -> dict[str, float]:
    """Return the F1 of every risk code with enough cases."""
    codes = figures.risk.codes.items() if figures.risk else ()
    return {code: one.f1 for code, one in codes if one.cases >= MIN_CASES}
