"""A training as somebody orders it: its input checked, its result whole or not there at all."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from models.encoder import WEIGHTS
from models.heads import Settings
from models.labelled import DataError, check_folder
from models.ngrams import FILE as GRAMS
from models.normalise import VERSION
from models.training.data import OWN_FILE, READ_FILE
from models.training.loop import Plan
from models.training.recipe import is_ours, train

# Where a training starts that names no base: the model that ships with the product.
SHIPPED = WEIGHTS
BASE_FILES = ("config.json", "model.safetensors", "tokenizer.json")
# Characters of the fingerprint that name a run: enough to tell all runs of one team apart.
SHORT = 8

Correction = Mapping[str, Any]
"""A text that a person read otherwise than the model: text, polarity, risk and stance."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to train on, from which encoder, to where; `wishes` are fields of `Plan`.

    Without `data` a trained model (`base`) learns further from our examples and `corrections`.

    Checkpoints live under `work`, in a folder named after everything that shapes the result, so
    that a run only ever goes on where the very same run stood.
    """

    data: Path | None
    base: Path
    out: Path
    work: Path
    wishes: Mapping[str, Any]
    corrections: Sequence[Correction] = ()
    version: str | None = None

    @property
    def plan(self) -> Plan:
        """The training plan with what was wished for."""
        wanted = {name: value for name, value in self.wishes.items() if value is not None}
        wanted["device"] = _device(wanted.get("device", "auto"))
        return replace(Plan(), **wanted)


def check(order: Order) -> None:
    """Raise `DataError` for what would make the training fail after hours, or overwrite a model."""
    if order.data is None and not order.corrections:
        raise DataError(
            "没有可学的新东西：请先用 fengsui mentions label 更正几条，或用 --data 指出标注数据。"
        )
    if order.data and not order.data.is_dir():
        raise DataError(f"找不到数据文件夹 {order.data}：请指到放 *.jsonl.gz 标注数据的文件夹。")
    missing = [name for name in BASE_FILES if not (order.base / name).is_file()]
    if missing:
        told = "、".join(missing)
        raise DataError(f"底座 {order.base} 里没有 {told}：请指到完整的编码器文件夹。")
    if order.out.exists() and (not order.out.is_dir() or any(order.out.iterdir())):
        raise DataError(f"{order.out} 已经有东西了，不覆盖：请用 --out 换一个新文件夹。")
    if order.data:
        check_folder(order.data)
    elif not is_ours(order.base):
        raise DataError(f"{order.base} 是没有训练过的编码器：要用 --data 指出标注数据才能训练它。")


def run(order: Order, begun: Callable[[str, bool], None]) -> Settings:
    """Train what was ordered and return the settings of the new weights in `order.out`.

    Calls `begun` with the new version and whether it goes on after an interruption. Raises
    `DataError` before anything is written, and KeyboardInterrupt as it comes: the same order given
    again goes on where it stood.
    """
    check(order)
    plan = order.plan
    mark = fingerprint(order, plan)
    version = order.version or f"own-{mark[:SHORT]}"
    work = order.work / mark[:SHORT]
    begun(version, work.is_dir() and any(work.iterdir()))
    settings = _train(order, plan, work, version)
    shutil.rmtree(work)
    with suppress(OSError):  # runs that were interrupted have their folders there
        order.work.rmdir()
    return settings


def _train(order: Order, plan: Plan, work: Path, version: str) -> Settings:
    """Write the weights beside `order.out` and move them there when they are whole."""
    part = order.out.with_name(f".{order.out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        settings = train(
            order.data,
            order.base,
            part,
            work=work,
            plan=plan,
            version=version,
            corrections=order.corrections,
        )
    except FileNotFoundError as error:
        raise DataError(f"缺少 {error.filename}：训练要用齐全的数据文件夹。") from error
    if order.out.exists():
        order.out.rmdir()
    part.replace(order.out)
    return settings


def fingerprint(order: Order, plan: Plan) -> str:
    """Return a hash of all that shapes the result: texts, encoder, plan and corrections."""
    shape = asdict(plan) | {"device": "", "preprocessing": VERSION}
    told = json.dumps([shape, [dict(one) for one in order.corrections]], default=str)
    whole = hashlib.sha256(told.encode())
    sets = sorted(order.data.glob("*.jsonl*")) if order.data else []
    layers = [path for path in [order.base / GRAMS] if path.exists()]
    files = [*sets, OWN_FILE, READ_FILE, order.base / "model.safetensors", *layers]
    for path in files:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


def _device(name: str) -> str:
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise DataError("这台机器没有可用的 CUDA 显卡：请写 --device cpu，或不写。")
    return name
