"""The linear layer over runs of characters: what it counts, how it pools, what it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.heads import WIDTH
from models.labels import ModelError
from models.ngrams import FILE, Grams, buckets_of, load_grams, packed

BUCKETS = 1 << 10


@pytest.fixture
def grams() -> Grams:
    weights = np.random.default_rng(1).normal(size=(BUCKETS, WIDTH)).astype(np.float32)
    return packed(weights, np.ones(WIDTH, np.float32), np.full(WIDTH, 0.5, np.float32))


def runs(text: str) -> set[int]:
    buckets, _ = buckets_of([text])
    return set(buckets.tolist())


def test_a_text_holds_its_runs_once_however_often_they_stand() -> None:
    buckets, starts = buckets_of(["好好好好好好好好", "好"])
    assert len(buckets[starts[0] : starts[1]]) == len(set(buckets[starts[0] : starts[1]].tolist()))
    assert starts.tolist()[0] == 0


def test_order_within_a_run_matters_and_capitals_do_not() -> None:
    assert runs("不是不好") != runs("不好不是")
    assert runs("APP") == runs("app")


def test_no_run_reaches_into_the_next_text(grams: Grams) -> None:
    together = grams.logits(["清河医院", "退钱", ""])
    alone = [grams.logits([text])[0] for text in ("清河医院", "退钱", "")]
    assert np.allclose(together, alone, atol=1e-6)


def test_the_logits_are_the_weights_of_the_runs_over_the_root_of_their_number(
    grams: Grams,
) -> None:
    buckets, _ = buckets_of(["退钱"], 10)
    rows = grams.table[buckets] * grams.scale
    expected = rows.sum(axis=0) / np.sqrt(len(buckets)) + 1.0
    assert np.allclose(grams.logits(["退钱"])[0], expected, atol=1e-4)


def test_pooling_adds_what_both_say(grams: Grams) -> None:
    encoder = np.ones((1, WIDTH), np.float32)
    pooled = grams.pooled(encoder, ["退钱"])
    assert np.allclose(pooled, 0.5 + grams.logits(["退钱"]), atol=1e-6)


def test_a_layer_reads_as_it_was_saved(grams: Grams, tmp_path: Path) -> None:
    assert load_grams(tmp_path) is None
    grams.save(tmp_path)
    again = load_grams(tmp_path)
    assert again is not None
    assert np.array_equal(again.logits(["退钱", "😡"]), grams.logits(["退钱", "😡"]))


def test_a_cut_file_is_refused_in_words(grams: Grams, tmp_path: Path) -> None:
    grams.save(tmp_path)
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes()[:500])
    with pytest.raises(ModelError, match="缺失或已损坏"):
        load_grams(tmp_path)


def test_a_layer_of_other_columns_is_refused_in_words(tmp_path: Path) -> None:
    few = np.zeros(3, np.float32)
    packed(np.ones((BUCKETS, 3), np.float32), few, few).save(tmp_path)
    with pytest.raises(ModelError, match="不是这一版的"):
        load_grams(tmp_path)
