"""How a model's card and its figures look on a terminal, and the card as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from models.card import Card
from models.evaluation import Both, Figures
from models.metrics import ClassFigures
from monitor.cli import show
from monitor.cli.mention_page import STANCES
from monitor.cli.score_page import POLARITIES
from monitor.domain.mention import RISK_LABELS

LICENCE = "代码 Apache-2.0；底座 multilingual-e5-small 是 MIT；训练数据各有条款，多数只供研究"
OWN_LICENCE = "看训练它的数据和底座各是什么条款"
NOT_FOR = (
    "评判个人",
    "诊断病情",
    "决定员工或患者的事",
    "查找作者是谁",
    "没有人复核就行动：它的回答只是请人来看一眼的理由",
)
NETWORK = {
    "model_type": "种类",
    "blocks": "层数",
    "merge_after": "第几层后合并邻位",
    "width": "宽度",
    "inner": "中间宽度",
    "heads": "注意力头",
    "vocabulary": "词表",
    "positions": "最长",
}
HEADINGS = {
    "set": "数据",
    "texts": "条数",
    "figure": "指标",
    "as it is": "原样",
    "without emoticons": "去表情",
    "accuracy, 3 classes": "准确率",
    "calibration error": "校准误差",
    "macro-F1, 3 classes": "宏 F1，三类",
    "accuracy, negative against positive": "准确率，负对正",
}


def card_document(card: Card) -> dict[str, Any]:
    """The card as one plain object; sizes in bytes."""
    whole = {name: value for name, value in asdict(card).items() if name != "folder"}
    return {
        "model": card.full_name,
        "folder": str(card.folder),
        **whole,
        "licence": _licence(card),
        "not_for": list(NOT_FOR),
    }


def show_card(card: Card) -> None:
    """Print the card, what it must not be used for before the figures."""
    show.say(card.full_name, style="bold")
    for name, value in _facts(card):
        show.bullet(value, lead=f"  {name}　")
    show.heading("风险和阈值：概率到了才算")
    show.bullet(
        "　".join(f"{RISK_LABELS.get(code, code)} {t:g}" for code, t in card.thresholds.items())
    )
    show.heading("不能拿它做什么")
    for one in NOT_FOR:
        show.bullet(one, lead="  · ")
    show.heading("指标")
    _card_figures(card)


def _facts(card: Card) -> Iterator[tuple[str, str]]:
    sizes = (f"{name} {_size(size)}" for name, size in card.files.items())
    shape = (f"{NETWORK[name]} {value}" for name, value in card.network.items())
    yield "文件夹", f"{card.folder}（{'产品自带' if card.shipped else '自己训练的'}）"
    yield "名称", f"{card.name}，版本 {card.version}，预处理 {card.preprocessing}"
    yield "文件", f"{'，'.join(sizes)}；共 {_size(sum(card.files.values()))}"
    yield "网络", "，".join(shape)
    yield (
        "情感",
        f"{'、'.join(POLARITIES[one] for one in card.polarities)}；温度 {card.temperature:g}",
    )
    yield "说法", "、".join(STANCES[one] for one in card.stances)
    yield "许可", _licence(card)


def _licence(card: Card) -> str:
    return LICENCE if card.shipped else OWN_LICENCE


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"  # noqa: PLR2004 - a megabyte


def _card_figures(card: Card) -> None:
    if not card.figures:
        show.bullet("这个模型没有带指标，可以自己量：")
        show.say(f"  fengsui model eval --model {card.folder} --data 标注数据")
        return
    heads = [HEADINGS.get(name, name) for name in card.figures[0]]
    show.table(heads, ([HEADINGS.get(cell, cell) for cell in row.values()] for row in card.figures))


def show_figures(found: Mapping[str, Both], name: str) -> None:
    """Print the figures of every set: overall, by class, and of the risk codes where labelled."""
    show.say(name, style="bold")
    show.table(
        ("数据", "条数", "准确率", "宏 F1", "负对正", "校准误差", "条/秒"),
        _rows(found, _overall),
    )
    show.heading("每一类：查准 / 查全")
    show.table(("数据", *POLARITIES.values()), _rows(found, _classes))
    with_risk = {name: both for name, both in found.items() if both.as_is.risk}
    if with_risk:
        show.heading("风险：微 F1、误报（没有风险的文字被判有）、说法的宏 F1")
        show.table(("数据", "微 F1", "误报", "说法"), _rows(with_risk, _risk))
    for one, both in with_risk.items():
        show.heading(f"{show.line(one)}：每项风险，原样")
        show.table(("风险", "例数", "查准 / 查全", "F1"), _codes(both.as_is))


def _rows(found: Mapping[str, Both], cells: Any) -> Iterator[list[str]]:  # noqa: ANN401
    for name, both in found.items():
        yield [show.line(name), *cells(both.as_is)]
        yield ["　去表情", *cells(both.stripped)]


def _overall(row: Figures) -> list[str]:
    shares = (row.accuracy, row.macro_f1, row.two_class, row.calibration_error)
    return [str(row.texts), *(f"{one:.3f}" for one in shares), f"{row.texts_per_second:.0f}"]


def _classes(row: Figures) -> list[str]:
    return [_pair(row.polarities[name]) for name in POLARITIES]


def _risk(row: Figures) -> list[str]:
    if row.risk is None:
        return ["—"] * 3
    return [
        f"{row.risk.micro_f1:.3f}",
        f"{row.risk.false_alarms:.0%}",
        f"{row.risk.stance_macro_f1:.3f}",
    ]


def _codes(row: Figures) -> Iterable[list[str]]:
    for code, one in (row.risk.codes if row.risk else {}).items():
        if one.cases:
            yield [RISK_LABELS[code], str(one.cases), _pair(one), f"{one.f1:.2f}"]


def _pair(one: ClassFigures) -> str:
    return f"{one.precision:.2f} / {one.recall:.2f}" if one.cases else "—"
