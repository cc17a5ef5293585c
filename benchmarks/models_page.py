"""The results as a terminal table, as Markdown for docs/models.md, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.models_bars import CODE_FLOOR, FIGURE_NAMES, Line
from benchmarks.models_memory import Size
from benchmarks.models_peers import INSTALL, Compared, PeerRow

BEGIN, END = "<!-- models:begin -->", "<!-- models:end -->"
WAYS = {"same tokens": "与我们相同的分词", "one a character": "一字一词，如 BERT-base 中文版"}


@dataclass(slots=True)
class Results:
    """Everything one run found; what was left out is empty or None."""

    model: str
    machine: str
    date: str
    command: str
    lines: list[Line] = field(default_factory=list)
    codes: dict[str, tuple[int, float, float]] = field(default_factory=dict)
    peers: list[Compared] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    speed: dict[str, Any] | None = None
    size: Size | None = None
    seconds: float = 0.0


Grid = tuple[Sequence[str], list[Sequence[str]]]


def as_json(results: Results) -> dict[str, Any]:
    """Return the results as plain values, each line with its verdict."""
    told = asdict(results)
    for document, line in zip(told["lines"], results.lines, strict=True):
        document |= {"reached": line.reached, "aimed": line.aimed}
    return told


def grids(results: Results) -> Iterable[tuple[str, Grid]]:
    """Yield the titled tables that have rows."""
    found = (
        ("指标", _bars(results)),
        ("危机文本的各类风险（例数不少于 10 的）", _codes(results)),
        ("同台的其他工具", _peers(results)),
        ("速度", _speed(results)),
    )
    return ((title, grid) for title, grid in found if grid[1])


def show(results: Results, console: Console) -> None:
    """Print the tables to a terminal."""
    console.print(_heading(results))
    for title, (heads, rows) in grids(results):
        table = Table(*heads, title=title)
        for row in rows:
            table.add_row(*row)
        console.print(table)
    for note in _notes(results):
        console.print(note)


def markdown(results: Results) -> str:
    """Return the block that stands between the markers of the manual."""
    parts = [_heading(results)]
    for title, (heads, rows) in grids(results):
        lines = [heads, ["---"] * len(heads), *rows]
        parts.append(f"**{title}**\n\n" + "\n".join(f"| {' | '.join(one)} |" for one in lines))
    return "\n\n".join([*parts, *_notes(results)])


def placed(document: str, block: str) -> str:
    """Return the document with the block between its markers; `ValueError` where it has none."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the file has no {BEGIN} … {END}")
    return f"{before}{BEGIN}\n{block}\n{END}{after}"


def _heading(results: Results) -> str:
    return (
        f"模型 `{results.model}`，{results.date}，{results.machine}，"
        f"用时 {results.seconds / 60:.0f} 分钟，命令 `{results.command}`。"
    )


def _bars(results: Results) -> Grid:
    heads = ("集合", "条数", "指标", "原型", "必须", "目标", "本模型", "去表情后", "达到")
    return heads, [_bar(line) for line in results.lines]


def _bar(line: Line) -> Sequence[str]:
    bar = line.bar
    numbers = (bar.prototype, bar.must, bar.aim, line.ours, line.stripped)
    verdict = "否" if not line.reached else "是，且到目标" if line.aimed else "是"
    count = str(line.texts) if line.texts else "–"
    return (
        bar.label,
        count,
        FIGURE_NAMES[bar.figure],
        *(_told(n, bar.unit) for n in numbers),
        verdict,
    )


def _told(number: float | None, unit: str) -> str:
    if number is None:
        return "–"
    return f"{number:.1f}{unit}" if unit else f"{number:.3f}"


def _codes(results: Results) -> Grid:
    rows = [
        (code, str(cases), f"{plain:.3f}", f"{bare:.3f}", "是" if plain >= CODE_FLOOR else "否")
        for code, (cases, plain, bare) in results.codes.items()
    ]
    return ("风险类", "例数", "F1", "去表情后", f"不低于 {CODE_FLOOR}"), list(rows)


def _peers(results: Results) -> Grid:
    names = [peer.peer for peer in results.peers]
    by_label: dict[str, dict[str, PeerRow]] = {}
    for row in (row for peer in results.peers for row in peer.rows):
        by_label.setdefault(row.label, {})[row.peer] = row
    rows: list[Sequence[str]] = [
        (label, str(next(iter(of.values())).texts), *(_pair(of.get(name)) for name in names))
        for label, of in by_label.items()
    ]
    if rows:
        rows.append(("每秒条数", "", *(f"{peer.texts_per_second:.0f}" for peer in results.peers)))
    return ("集合", "条数", *names), rows


def _pair(row: PeerRow | None) -> str:
    return f"{row.as_is:.3f} / {row.stripped:.3f}" if row else "–"


def _speed(results: Results) -> Grid:
    heads = ("对手的分词", "本模型，条/秒", "BERT-base，条/秒", "BERT-base 的设置", "倍数")
    speed = results.speed
    if speed is None:
        return heads, []
    return heads, [
        (
            WAYS[way],
            _spread(speed["ours"]),
            _spread(speed["bert"][way]),
            speed["bert_setting"][way],
            _spread(speed["ratio"][way]),
        )
        for way in WAYS
    ]


def _spread(found: dict[str, float]) -> str:
    return f"{found['median']:.1f}（{found['low']:.1f}–{found['high']:.1f}）"


def _notes(results: Results) -> list[str]:
    notes = ["每一条在原文和去掉表情（[泪]、😡）后各算一次，去掉后可低 0.02。"]
    if results.codes:
        notes.append(
            "「最弱的风险类」和立场只在危机文本的测试部分上算，例数见上，读的时候要留余地。"
        )
    if results.peers:
        notes.append(
            "同台比较用同一批条数较少的文字，每格是「原文 / 去表情」，指标同第一张表；"
            "SnowNLP 只有两类，阈值 0.5；TF-IDF 是字的一至三元加线性模型，用我们的训练部分训练。"
        )
    notes += [f"{name}：未安装（not installed），`{INSTALL}`。" for name in results.missing]
    if results.speed:
        one = results.speed
        notes.append(
            f"速度：{one['texts']} 条，平均 {one['characters']:.0f} 字，{one['threads']} 个线程，"
            f"{one['rounds']} 轮交替，中位数（最低–最高）；连分词一起算，不用缓存；"
            "BERT-base 是 12 层、宽 768、随机权重，类型与批量取它自己最快的；达到与否按较低的倍数。"
        )
    if results.size:
        size = results.size
        notes.append(
            f"内存：新进程装入模型、读完 {size.texts} 条之后常驻 {size.resident:.0f} MB，"
            f"峰值 {size.peak:.0f} MB（1 MB = 10 的 6 次方字节）。"
        )
    return notes
