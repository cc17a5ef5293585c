"""Maps the labels of any sequence classifier to negative, neutral and positive."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from models.heads import Array
from models.prediction import POLARITIES


class ModelError(ValueError):
    """A model that cannot be used, said in words its owner understands."""


def read_config(folder: Path) -> dict[str, Any]:
    """Return the model's config.json; raise `ModelError` when there is none to read."""
    if not folder.is_dir():
        raise ModelError(f"找不到模型目录：{folder}。请检查路径，或改用随产品提供的默认模型。")
    path = folder / "config.json"
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"模型目录里的 config.json 缺失或读不懂：{path}。请重新下载完整的模型目录。"
        ) from error
    if not isinstance(found, dict):
        raise ModelError(
            f"模型目录里的 config.json 不是一个对象：{path}。请重新下载完整的模型目录。"
        )
    return found


def label_matrix(config: Mapping[str, Any], labels: Mapping[str, str] | None) -> Array:
    """Return a matrix that adds the model's own classes up to our three polarities.

    A model without a neutral class gets a neutral column of zeros. Raises `ModelError` when the
    map is missing, incomplete or names what does not exist.
    """
    own = _own_labels(config)
    if not labels:
        raise ModelError(
            f"自选的情感模型需要标签对照表：它的标签是 {_listed(own)}，"
            "请在 labels 里逐个写明对应 negative、neutral 还是 positive。"
        )
    _check_map(own, labels)
    matrix = np.zeros((len(own), len(POLARITIES)), dtype=np.float32)
    for row, label in enumerate(own):
        matrix[row, POLARITIES.index(_polarity(labels[label]))] = 1.0
    return matrix


def _own_labels(config: Mapping[str, Any]) -> list[str]:
    named = config.get("id2label")
    if isinstance(named, dict) and named:
        return [str(named[key]) for key in sorted(named, key=int)]
    count = config.get("num_labels")
    # transformers names the classes of a config without names LABEL_0, LABEL_1; two by default.
    return [f"LABEL_{place}" for place in range(count if isinstance(count, int) else 2)]


def _check_map(own: list[str], labels: Mapping[str, str]) -> None:
    missing = [label for label in own if label not in labels]
    unknown = [label for label in labels if label not in own]
    if missing:
        raise ModelError(
            f"标签对照表缺少 {_listed(missing)}；模型的标签是 {_listed(own)}，请逐个补全。"
        )
    if unknown:
        raise ModelError(
            f"标签对照表里的 {_listed(unknown)} 不是该模型的标签；它的标签是 {_listed(own)}。"
        )
    wrong = [label for label in own if labels[label] not in POLARITIES]
    if wrong:
        raise ModelError(
            f"标签 {_listed(wrong)} 的取值不对：只能是 negative、neutral 或 positive。"
        )
    absent = {"negative", "positive"} - set(labels.values())
    if absent:
        raise ModelError(
            f"标签对照表里没有任何标签对应 {_listed(sorted(absent))}，无法判断正负面。"
        )


def _polarity(value: str) -> Any:  # noqa: ANN401 - a checked literal
    return value


def _listed(names: list[str]) -> str:
    return "、".join(f"「{name}」" for name in names)
