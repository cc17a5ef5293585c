"""Turns a trained network into a folder that ships: weights, tokenizer, calibration, thresholds."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from models.heads import Settings
from models.network import Network, Tensor
from models.normalise import VERSION
from models.storage import load_network, save_network
from models.training.calibrate import fit_temperature, fit_thresholds
from models.training.data import Example
from models.training.measure import all_logits

NAME = "fengsui-e5m8"


def export(
    network: Network,
    tokenizer: Tensor,
    dev: Sequence[Example],
    base: Path,
    out: Path,
    version: str,
) -> Settings:
    """Write everything `load_classifier` needs; fit temperature and thresholds on `dev`.

    They are fitted on the weights as they were stored, a byte each, since those will answer.
    """
    save_network(network, out)
    copy_tokenizer(base, out)
    device = network.head.weight.device
    logits = all_logits(load_network(out).to(device), tokenizer, dev, device)
    settings = Settings(
        name=NAME,
        version=version,
        preprocessing=VERSION,
        temperature=fit_temperature(dev, logits),
        thresholds=fit_thresholds(dev, logits),
    )
    settings.save(out / "settings.json")
    return settings


def copy_tokenizer(base: Path, out: Path) -> None:
    """Put the tokenizer of `base` beside the weights in `out`."""
    if base.resolve() != out.resolve():
        shutil.copyfile(base / "tokenizer.json", out / "tokenizer.json")
