"""Turns a trained network into a folder that ships: weights, tokenizer, calibration, thresholds."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from models.encoder import Network, Tensor, save_network
from models.heads import Settings
from models.normalise import VERSION
from models.training.calibrate import fit_temperature, fit_thresholds
from models.training.data import Example
from models.training.measure import all_logits

NAME = "fengsui-e5s6"


def export(
    network: Network,
    tokenizer: Tensor,
    dev: Sequence[Example],
    base: Path,
    out: Path,
    version: str,
) -> Settings:
    """Fit temperature and thresholds on `dev` and write everything `load_classifier` needs."""
    save_network(network, out)
    shutil.copyfile(base / "tokenizer.json", out / "tokenizer.json")
    logits = all_logits(network, tokenizer, dev, next(network.head.parameters()).device)
    settings = Settings(
        name=NAME,
        version=version,
        preprocessing=VERSION,
        temperature=fit_temperature(dev, logits),
        thresholds=fit_thresholds(dev, logits),
    )
    settings.save(out / "settings.json")
    return settings
