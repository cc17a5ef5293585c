"""The whole training as one function: corpus, start, epochs, calibration, export."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

from models.heads import Settings
from models.labels import read_config
from models.network import Network, Shape, from_bert
from models.ngrams import FILE
from models.normalise import normalise
from models.storage import MODEL_TYPE, load_network, save_network
from models.training.data import load_corpus
from models.training.finish import copy_base, export
from models.training.loop import Plan, Trainer
from models.training.measure import CHOOSING

# Eight of twelve layers, spread evenly, with one merge after the third. After 500 steps each, mean
# dev macro-F1 over four sets: 0.717 so, 0.697 nine with a merge after the second, 0.695 every
# second layer with a merge after the third. Merges after the second and the fifth cost a quarter
# less time, but after 2,200 further steps accuracy on comments on incidents stood at 0.785 on dev
# (0.847 so) and macro-F1 on Weibo sentences at 0.62 (0.65 so).
LAYERS, MERGE_AFTER = (0, 1, 3, 4, 6, 8, 9, 11), (3,)
# A trained model that learns further takes small steps and few, or it forgets what it knew: so
# where it reads a team's corrections beside our own sentences, a few minutes' work.
CORRECTED_RATE, CORRECTED_EPOCHS = 0.25, 2
# Where it reads all sets again, the words and the first block stay, crisis texts and our own
# sentences come oftener, and the answer keeps a third of the weights that it began with.
FURTHER_RATE, FURTHER_EPOCHS = 0.5, 4
FURTHER_STANCE, FURTHER_FROZEN, FURTHER_SHARE = 0.6, 2, 0.65
FURTHER_MIX = {
    "crisis": 4500, "own": 12000, "weibo_usual": 2000, "weibo_covid": 4500, "weibo_nlpcc2013": 5000,
    "weibo_events": 4000, "weibo_2018": 800, "weibo_moods": 1500, "hotel_reviews": 1800,
    "takeaway_reviews": 800, "shopping_reviews": 1600,
}  # fmt: skip


def train(
    data: Path | None,
    base: Path,
    out: Path,
    *,
    work: Path,
    plan: Plan,
    version: str = "1",
    clean: Callable[[str], str] = normalise,
    corrections: Sequence[Mapping[str, Any]] = (),
) -> Settings:
    """Train on the sets in `data` and `corrections`; write all that `load_classifier` needs.

    `base` is a plain encoder, or a trained model of ours that learns further. Without `data` only
    our own examples and the corrections are read, nothing is held out, and the calibration of
    `base` stays. `clean` is applied to every text before copies are dropped; checkpoints live in
    `work`. Raises `ModelError` for a base that cannot be read, OSError for missing sets.
    """
    work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(plan.seed)
    corpus = load_corpus(data, clean, corrections)
    print(f"{len(corpus.examples)} texts; left out: {corpus.dropped}", flush=True)
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    if is_ours(base):
        plan = further(plan) if data else corrected(plan)
    trainer = Trainer(start(base), tokenizer, plan, work)
    dev = [example for example in corpus.part("dev") if example.source in CHOOSING]
    trainer.run(corpus.part("train"), dev)
    if dev:
        return export(
            trainer.network, tokenizer, corpus, base, out, version=version, seed=plan.seed
        )
    settings = replace(Settings.load(base / "settings.json"), version=version)
    save_network(trainer.network, out)
    copy_base(base, out, ("tokenizer.json", FILE))
    settings.save(out / "settings.json")
    return settings


def further(plan: Plan) -> Plan:
    """Return how a trained model of ours learns further from all the sets."""
    return replace(
        plan,
        epochs=min(plan.epochs, FURTHER_EPOCHS),
        rate=plan.rate * FURTHER_RATE,
        head_rate=plan.head_rate * FURTHER_RATE,
        stance_loss=FURTHER_STANCE,
        mix=FURTHER_MIX,
        frozen=FURTHER_FROZEN,
        share=FURTHER_SHARE,
    )


def corrected(plan: Plan) -> Plan:
    """Return how a trained model of ours learns further from a team's corrections."""
    epochs = min(plan.epochs, CORRECTED_EPOCHS)
    return replace(plan, rate=plan.rate * CORRECTED_RATE, epochs=epochs)


def is_ours(base: Path) -> bool:
    """Tell whether `base` is a trained model of ours; raises `ModelError` where it is no model."""
    return read_config(base).get("model_type") == MODEL_TYPE


def start(base: Path) -> Network:
    """Return the network to train: ours as it stands, or a fresh cut of a BERT encoder."""
    if is_ours(base):
        return load_network(base)
    config = read_config(base)
    shape = Shape(
        vocabulary=config["vocab_size"],
        width=config["hidden_size"],
        inner=config["intermediate_size"],
        heads=config["num_attention_heads"],
        positions=config["max_position_embeddings"],
        epsilon=config["layer_norm_eps"],
        blocks=len(LAYERS),
        merge_after=MERGE_AFTER,
    )
    return from_bert(load_file(base / "model.safetensors"), shape, LAYERS)
