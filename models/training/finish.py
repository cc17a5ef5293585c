"""Turns a trained network into a folder that ships: weights, tokenizer, calibration, thresholds."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from models.evaluation import spread
from models.heads import Settings
from models.network import Network, Tensor
from models.normalise import VERSION
from models.storage import load_network, save_network
from models.training.calibrate import fit_temperature, fit_thresholds
from models.training.data import Corpus, Example
from models.training.grams import fit_grams, pool
from models.training.measure import CHOOSING, all_logits

NAME = "fengsui-e5m8"
# Dev texts of a set that takes no part in choosing the epoch: reviews have thousands.
PER_SET = 400


def export(
    network: Network,
    tokenizer: Tensor,
    corpus: Corpus,
    base: Path,
    out: Path,
    *,
    version: str,
    seed: int,
) -> Settings:
    """Write everything `load_classifier` needs: the network, and what is fitted beside and after.

    That is the layer over runs of characters, learnt on the train split, and how loud it speaks,
    the temperature and the thresholds, by the dev split. All on the weights as they were stored, a
    byte each, since those will answer.
    """
    save_network(network, out)
    copy_base(base, out, ("tokenizer.json",))
    device = network.head.weight.device
    dev = _held(corpus)
    alone = all_logits(load_network(out).to(device), tokenizer, dev, device)
    grams = pool(*fit_grams(corpus.part("train"), seed), dev, alone)
    grams.save(out)
    logits = grams.pooled(alone, [example.text for example in dev])
    settings = Settings(
        name=NAME,
        version=version,
        preprocessing=VERSION,
        temperature=fit_temperature(dev, logits),
        thresholds=fit_thresholds(dev, logits),
    )
    settings.save(out / "settings.json")
    return settings


def _held(corpus: Corpus) -> list[Example]:
    """The dev texts: all of the sets that choose the epoch, `PER_SET` of each other set."""
    dev = corpus.part("dev")
    sources = dict.fromkeys(example.source for example in dev)
    sets = [[example for example in dev if example.source == source] for source in sources]
    return [
        example
        for one in sets
        for example in (one if one[0].source in CHOOSING else spread(one, PER_SET))
    ]


def copy_base(base: Path, out: Path, names: Sequence[str]) -> None:
    """Put the named files of `base` beside the weights in `out`, those that it has."""
    for name in names:
        if base.resolve() != out.resolve() and (base / name).exists():
            shutil.copyfile(base / name, out / name)
