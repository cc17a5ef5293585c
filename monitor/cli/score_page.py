"""How an explanation looks on a terminal: words in colour, or in marks where there is no colour."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rich.text import Text

from models.explain import Explanation, Span
from monitor.cli import show
from monitor.cli.context import console
from monitor.cli.mention_page import STANCES
from monitor.domain.mention import RISK_LABELS

POLARITIES = {"negative": "负面", "neutral": "中性", "positive": "正面"}
# Log-odds from which a word is shown as heavy (odds ×2.7) and as felt (×1.5); chosen by reading
# the explanations of thirty posts, where lighter words said nothing.
HEAVY, FELT = 1.0, 0.4
# Words named with their numbers under each coloured text.
NAMED = 4


@dataclass(frozen=True, slots=True)
class _Hue:
    """A direction: its colour, its name, and the sign before the word where nothing is coloured.

    Signs and brackets are full width: the model's reading has none of its own.
    """

    style: str
    name: str
    sign: str

    def marked(self, word: str) -> Text:
        return Text(f"［{self.sign}{word}］")


AGAINST_US = _Hue("red", "红", "－")
FOR_US = _Hue("green", "绿", "＋")
TO_NEUTRAL = _Hue("cyan", "青", "○")
_BY_POLARITY = {"negative": AGAINST_US, "positive": FOR_US, "neutral": TO_NEUTRAL}


def show_explanation(found: Explanation) -> None:
    """Print the answer, then the text once for the sentiment and once for each risk that holds."""
    said = found.prediction
    show.say("情感　", *_shares(found))
    risks = "、".join(f"{RISK_LABELS[one.code]} {one.score:.0%}" for one in said.risk)
    show.say("风险　", f"{risks}（{STANCES[said.stance]}）" if risks else "没有")
    show.say(f"模型　{said.model}", style="dim")
    if not found.spans:
        show.say("没有自己的话（空白、只有标点或只是转发），按中性处理，没有词可以解释。")
        return
    _show_part(found, f"情感：为什么是{POLARITIES[said.polarity]}", _sentiment)
    for risk in said.risk:
        _show_part(found, f"风险：为什么是{RISK_LABELS[risk.code]}", _risk(risk.code))
    _legend(with_risk=bool(said.risk))
    shown = sum(end - start for start, end in found.windows)
    if shown < len(found.text):
        show.bullet(f"全文 {len(found.text)} 字，这里只有起决定作用的 {shown} 字")


def _shares(found: Explanation) -> Iterator[str | Text]:
    said = found.prediction
    shares = {"negative": said.negative, "neutral": said.neutral, "positive": said.positive}
    style = _BY_POLARITY[said.polarity].style
    yield Text(f"{POLARITIES[said.polarity]} {shares.pop(said.polarity):.0%}", f"bold {style}")
    yield "（" + "，".join(f"{POLARITIES[name]} {one:.0%}" for name, one in shares.items()) + "）"
    if said.unsure:
        yield "——拿不准，请人看一眼"


# How much a word weighs on the question at hand, and in which direction.
Reading = Callable[[Span], tuple[float, _Hue]]


def _sentiment(span: Span) -> tuple[float, _Hue]:
    return span.weight, _BY_POLARITY[span.pushes]


def _risk(code: str) -> Reading:
    def read(span: Span) -> tuple[float, _Hue]:
        weight = span.risk[code]
        return weight, AGAINST_US if weight > 0 else FOR_US

    return read


def _show_part(found: Explanation, title: str, read: Reading) -> None:
    show.heading(title)
    for start, end in found.windows:
        spans = [one for one in found.spans if start <= one.start < end]
        before, after = "…" * (start > 0), "…" * (end < len(found.text))
        show.bullet(before, _painted(found.text, start, end, spans, read), after)
    show.bullet(Text(_heaviest(found, read), "dim"))


def _painted(text: str, start: int, end: int, spans: list[Span], read: Reading) -> Text:
    """The window with each word in its colour or marks; what stands between words is plain."""
    painted, place = Text(), start
    for span in spans:
        painted.append(show.line(text[place : span.start]))
        painted.append_text(_word(span, read))
        place = span.end
    return painted.append(text[place:end])


def _word(span: Span, read: Reading) -> Text:
    weight, hue = read(span)
    word = show.safe(span.text)
    if abs(weight) < FELT:
        return Text(word, "dim")
    if not _coloured():
        return hue.marked(word)
    return Text(word, f"bold {hue.style}" if abs(weight) >= HEAVY else hue.style)


def _heaviest(found: Explanation, read: Reading) -> str:
    """The heaviest words with their weights, each once."""
    weights = {one.text: read(one)[0] for one in found.spans}
    top = sorted(weights, key=lambda word: -abs(weights[word]))[:NAMED]
    told = [f"{show.line(word)} {weights[word]:+.1f}" for word in top if abs(weights[word]) >= FELT]
    return "　".join(told) or "没有哪个词单独起作用：去掉任何一个，判断都差不多。"


def _legend(*, with_risk: bool) -> None:
    meanings = {
        AGAINST_US: "推向负面" + "或这项风险" * with_risk,
        FOR_US: "推向正面" + "或离开这项风险" * with_risk,
        TO_NEUTRAL: "推向中性",
    }
    parts: list[str | Text] = []
    for hue, meaning in meanings.items():
        sign = Text(hue.name, hue.style) if _coloured() else hue.marked("词")
        parts += [sign, f" {meaning}　"]
    show.heading("图例")
    show.bullet(*parts)
    show.bullet("粗体的影响最大，暗的影响小" if _coloured() else "没有记号的影响小")
    show.bullet("数字是去掉这个词后判断弱了多少（对数几率）：+1 约为 2.7 倍，负数表示反方向")


def _coloured() -> bool:
    return console.color_system is not None and not console.no_color
