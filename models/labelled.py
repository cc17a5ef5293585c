"""Reads labelled texts to measure on: our training sets, or JSON Lines of the reader's own."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, get_args

from models.prediction import POLARITIES, RISK_CODES, Stance

STANCES = get_args(Stance)
ENDINGS = (".jsonl", ".jsonl.gz")
# This file tells the sets of `models.training.data` from a folder of other files.
OUR_SET = "crisis.jsonl.gz"
# Bad lines named in one refusal: enough to see the pattern.
NAMED = 5


class Labelled(Protocol):
    """A text with its right answers; `stance` is None where risk was not labelled."""

    @property
    def text(self) -> str: ...  # noqa: D102 - named by the class
    @property
    def polarity(self) -> str: ...  # noqa: D102
    @property
    def risk(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def stance(self) -> str | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled text of the reader's own."""

    text: str
    polarity: str
    risk: tuple[str, ...] = ()
    stance: str | None = None


class DataError(ValueError):
    """Labelled texts that cannot be used, said in words their owner understands."""


def read_sets(
    path: Path, split: str = "test", clean: Callable[[str], str] = str
) -> dict[str, Sequence[Labelled]]:
    """Return labelled texts by set: the `split` of our sets in a folder, or the reader's files.

    `clean` is applied to the texts of the reader's own files; our sets split by their text as it
    is. Raises `DataError` with a sentence in Chinese.
    """
    if path.is_dir() and (path / OUR_SET).is_file():
        return _our_sets(path, split)
    return {file.name.partition(".")[0]: read_file(file, clean) for file in _files(path)}


def _our_sets(folder: Path, split: str) -> dict[str, Sequence[Labelled]]:
    from models.training.data import load_corpus  # noqa: PLC0415 - only where it is wanted

    check_folder(folder)
    try:
        corpus = load_corpus(folder)
    except FileNotFoundError as error:
        raise DataError(f"缺少 {error.filename}：训练和评测要用齐全的数据文件夹。") from error
    found: dict[str, Sequence[Labelled]] = {}
    examples = [*corpus.part(split), *corpus.part("measure")]
    for source in sorted({example.source for example in examples}):
        found[source] = [example for example in examples if example.source == source]
    return found


def check_folder(folder: Path) -> None:
    """Raise `DataError` for a folder without labelled sets, or with a line that is none."""
    for file in _files(folder):
        read_file(file)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise DataError(f"找不到 {path}：请检查路径。")
    files = [one for one in sorted(path.iterdir()) if one.name.endswith(ENDINGS)]
    if not files:
        raise DataError(f"{path} 里没有 .jsonl 或 .jsonl.gz 文件：请指到放标注数据的文件夹。")
    return files


def read_file(path: Path, clean: Callable[[str], str] = str) -> list[Case]:
    """Return the cases of one JSON Lines file: text, polarity, and perhaps risk and stance.

    Raises `DataError` that names the first bad lines.
    """
    cases, wrong = [], []
    for number, line in _lines(path):
        try:
            cases.append(_case(json.loads(line), clean))
        except ValueError as error:
            told = "不是 JSON" if isinstance(error, json.JSONDecodeError) else str(error)
            wrong.append(f"{path} 第 {number} 行：{told}")
    if wrong:
        more = f"\n还有 {len(wrong) - NAMED} 行也不对" if len(wrong) > NAMED else ""
        raise DataError("\n".join(wrong[:NAMED]) + more)
    if not cases:
        raise DataError(f"{path} 里一条也没有：每行一条，如 {EXAMPLE}")
    return cases


EXAMPLE = '{"text": "护士很耐心", "polarity": "positive"}'


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        whole = path.read_bytes()
        plain = gzip.decompress(whole) if path.suffix == ".gz" else whole
        text = plain.decode("utf-8-sig")
    except (EOFError, OSError, UnicodeDecodeError, zlib.error) as error:
        raise DataError(f"{path} 读不出来：要 UTF-8 的 JSON Lines，或它的 .gz。") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line


def _case(row: Any, clean: Callable[[str], str]) -> Case:  # noqa: ANN401 - whatever JSON holds
    if not isinstance(row, Mapping):
        raise ValueError(f"不是一个对象；要写成 {EXAMPLE}")  # noqa: TRY004 - one kind of bad line
    text, polarity = row.get("text"), row.get("polarity")
    if not isinstance(text, str):
        raise ValueError("没有 text（文字）")  # noqa: TRY004
    if polarity not in POLARITIES:
        raise ValueError(f"polarity 要写 negative、neutral 或 positive，现在是{_shown(polarity)}")
    return Case(clean(text), polarity, *_risk(row))


def _risk(row: Mapping[str, Any]) -> tuple[tuple[str, ...], str | None]:
    """Codes and stance; a row with codes and no stance is read as an allegation."""
    codes, stance = row.get("risk"), row.get("stance")
    if codes is None:
        return (), stance if stance == "none" else None
    if not isinstance(codes, list) or any(code not in RISK_CODES for code in codes):
        raise ValueError(f"risk 要写成列表，里面只能是 {'、'.join(RISK_CODES)}")
    if stance is None:
        stance = "alleged" if codes else "none"
    if stance not in STANCES:
        raise ValueError(f"stance 要写 {'、'.join(STANCES)} 之一，现在是{_shown(stance)}")
    return tuple(codes), stance


def _shown(value: Any) -> str:  # noqa: ANN401
    return "空的" if value is None else f"「{str(value)[:20]}」"
