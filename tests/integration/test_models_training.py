"""The training from labelled texts to a folder that loads, on a very thin network."""

from __future__ import annotations

import gzip
import json
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.encoder import load_classifier
from models.heads import WIDTH, Settings
from models.ngrams import packed
from models.normalise import VERSION
from models.prediction import RISK_CODES
from models.training.data import Corpus, Example, load_corpus

LETTERS = "清河医院好坏人不的了门诊今天护士耐心差误诊谣言收费高周一二三四五六七八九十百千"


def put(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def crisis(text: str, **more: Any) -> dict[str, Any]:
    base = {"text": text, "polarity": "negative", "risk": ["patient_safety"], "stance": "alleged"}
    return {**base, "source": "weibo_hot", "date": "2022-01-01", "event": None, **more}


def weibo(text: str, polarity: str = "neutral", source: str = "weibo_usual") -> dict[str, Any]:
    return {"text": text, "polarity": polarity, "source": source}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Write small sets in the layout of the real ones; return their folder."""
    folder = tmp_path / "data" / "sentiment"
    days = [f"{year}-05-0{day}" for year in (2021, 2022, 2024, 2025) for day in range(1, 8)]
    titles = [crisis(f"清河医院误诊第{n}例", date=day) for n, day in enumerate(days)]
    late = [crisis(f"护士收费高{n}", date="2024-10-01") for n in range(6)]
    calm = [crisis(f"门诊周{n}开", risk=[], stance="none", polarity="neutral") for n in range(6)]
    put(folder / "crisis.jsonl.gz", [*titles, *late, *calm])
    polarities = ("negative", "neutral", "positive")
    names = ("weibo_usual", "weibo_covid")
    posts = [weibo(f"今天{'好坏'[n % 2]}{n}人", polarities[n % 3], names[n % 2]) for n in range(60)]
    put(folder / "weibo.jsonl.gz", posts)
    moods = [weibo(f"护士{n}耐心", polarities[n % 3], "weibo_nlpcc2013") for n in range(40)]
    put(folder / "moods.jsonl.gz", moods)
    put(folder / "reviews.jsonl.gz", [weibo("医院差", "negative", "hotel_reviews")])
    put(folder / "medical_weibo_dev.jsonl.gz", [weibo("今天护士真好", source="medical_weibo")])
    return folder


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Write a random encoder of twelve thin layers with its tokenizer; return its folder."""
    from transformers import BertConfig, BertModel, BertTokenizerFast

    words = ["[CLS]", "[PAD]", "[SEP]", "[UNK]", *dict.fromkeys(LETTERS), *"0123456789"]
    folder = tmp_path / "base"
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=12, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=200, pad_token_id=1,
    )  # fmt: skip
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    vocab = {word: place for place, word in enumerate(words)}
    BertTokenizerFast(vocab=vocab).save_pretrained(folder)
    return folder


def stop_after(checkpoint: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return a checkpoint that is written and then interrupted."""

    def interrupted(trainer: Any) -> None:
        checkpoint(trainer)
        raise KeyboardInterrupt

    return interrupted


def untrained(base: Path, folder: Path) -> Settings:
    """Write a network of ours that has learnt nothing yet; return its settings."""
    from models.storage import save_network
    from models.training.recipe import start

    save_network(start(base), folder)
    shutil.copyfile(base / "tokenizer.json", folder / "tokenizer.json")
    settings = Settings("fengsui-e5m8", "1", VERSION, thresholds=dict.fromkeys(RISK_CODES, 0.31))
    settings.save(folder / "settings.json")
    packed(np.zeros((4, WIDTH)), np.zeros(WIDTH), np.ones(WIDTH, np.float32)).save(folder)
    return settings


def one_epoch(base: Path, work: Path, **wishes: Any) -> tuple[Any, dict[str, Any]]:
    """Train a thin network on a few sentences; return the trainer, and the weights it now holds."""
    from tokenizers import Tokenizer

    from models.training.loop import Plan, Trainer
    from models.training.recipe import start

    work.mkdir()
    plan = Plan(epochs=1, batch=8, mix={"own": 32}, **wishes)
    trainer = Trainer(start(base), Tokenizer.from_file(str(base / "tokenizer.json")), plan, work)
    said = [("护士真好", "positive"), ("收费高", "negative"), ("门诊几点开", "neutral")]
    trainer.run([Example(text, mood, "own", "train") for text, mood in said], [])
    return trainer, trainer.network.state_dict()


def moved(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The layers whose weights are others than before: words, blocks.0 and so on."""
    changed = [name for name in before if not before[name].equal(after[name])]
    return {re.sub(r"(blocks\.\d+|^\w+).*", r"\1", name) for name in changed}


def texts(corpus: Corpus, split: str) -> set[str]:
    return {example.text for example in corpus.part(split)}


def test_a_copy_is_dropped_before_the_split_even_with_other_pictures(data: Path) -> None:
    put(data / "reviews.jsonl.gz", [weibo("酒店不错！"), weibo("酒店不错[赞]")])
    corpus = load_corpus(data)
    every = [example.text for example in corpus.examples]
    assert sum(text.startswith("酒店不错") for text in every) == 1
    assert corpus.dropped["copy"] == 1  # our own examples hold none either


def test_crisis_texts_are_split_by_date_and_not_by_row(data: Path) -> None:
    corpus = load_corpus(data)
    assert "清河医院误诊第0例" in texts(corpus, "train")
    assert "清河医院误诊第27例" in texts(corpus, "test")
    assert "护士收费高0" in texts(corpus, "dev")


def test_texts_of_one_event_stand_on_one_side(data: Path) -> None:
    rows = [crisis(f"事件第{n}条转发", date=None, event="77") for n in range(30)]
    put(data / "crisis.jsonl.gz", rows)
    splits = {e.split for e in load_corpus(data).examples if e.text.startswith("事件第")}
    assert len(splits) == 1


def test_a_text_that_overlaps_a_replay_is_left_out(data: Path) -> None:
    told = "清河医院三楼病房昨晚停电两小时，家属在走廊等到天亮"
    put(data.parent / "replays" / "one.jsonl.gz", [{"text": f"网友称{told}"}])
    put(data / "crisis.jsonl.gz", [crisis(told), crisis("完全无关的另一件事情发生了")])
    corpus = load_corpus(data)
    assert corpus.dropped["replay"] == 1
    assert told not in {example.text for example in corpus.examples}


def test_a_text_of_the_measured_set_never_trains(data: Path) -> None:
    put(data / "reviews.jsonl.gz", [weibo("今天护士真好")])
    corpus = load_corpus(data)
    assert "今天护士真好" in texts(corpus, "measure")
    assert "今天护士真好" not in texts(corpus, "train")


def test_a_text_that_was_read_gets_its_risk_by_hash_and_only_where_it_trains(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models.training import data as reading

    posts = {one.text: one for one in load_corpus(data).examples if one.source == "weibo_usual"}
    told = {"risk": ["staff_misconduct"], "stance": "alleged"}
    lines = [json.dumps({"key": reading.read_key(text), **told}) for text in posts]
    (tmp_path / "read.jsonl").write_text("\n".join(lines), "utf-8")
    monkeypatch.setattr(reading, "READ_FILE", tmp_path / "read.jsonl")
    found = [one for one in load_corpus(data).examples if one.text in posts]
    assert {one.split for one in found} == {"train", "dev", "test"}
    for one in found:
        expected = (("staff_misconduct",), "alleged") if one.split == "train" else ((), None)
        assert (one.risk, one.stance) == expected


def test_the_labels_that_were_read_hold_hashes_and_no_text() -> None:
    from models.training.data import READ_FILE

    rows = [json.loads(line) for line in READ_FILE.read_text("utf-8").splitlines()]
    assert all(re.fullmatch("[0-9a-f]{16}", row.pop("key")) for row in rows)
    assert all(set(row) == {"risk", "stance"} for row in rows)
    assert all(set(row["risk"]) <= set(RISK_CODES) for row in rows)
    assert all(bool(row["risk"]) == (row["stance"] != "none") for row in rows)


def test_the_runs_learn_which_words_mean_what_and_speak_as_loud_as_dev_wants() -> None:
    from models.training.grams import fit_grams, pool

    said = [("退钱", "negative"), ("真好", "positive"), ("几点开", "neutral")] * 30
    train = [Example(f"{text}{n}", mood, "own", "train") for n, (text, mood) in enumerate(said)]
    weights, bias = fit_grams(train, seed=1)
    unsure = np.zeros((3, WIDTH), np.float32)
    dev = [Example(text, mood, "crisis", "dev") for text, mood in said[:3]]
    grams = pool(weights, bias, dev, unsure)
    assert grams.pooled(unsure, [one.text for one in dev])[:, :3].argmax(1).tolist() == [0, 2, 1]
    sure = np.eye(3, WIDTH, dtype=np.float32)[[0, 2, 1]] * 50
    misled = [Example(one.text, "neutral", one.source, "train") for one in train]
    wrong = pool(*fit_grams(misled, seed=1), dev, sure)
    assert np.abs(wrong.logits(["真好"])[0, :3]).max() < np.abs(weights[:, :3]).max()


def test_the_cleaner_is_an_argument(data: Path) -> None:
    corpus = load_corpus(data, lambda text: text.replace("清河", "某"))
    assert not any(example.text.startswith("清河医院误诊") for example in corpus.examples)


def test_a_run_writes_a_folder_that_loads_and_predicts(
    data: Path, base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from models.training.__main__ import main

    arguments = ["--data", str(data), "--base", str(base), "--out", str(tmp_path / "out")]
    small = ["--work", str(tmp_path / "work"), "--epochs", "2", "--scale", "0.004"]
    assert main([*arguments, *small, "--version", "7"]) == 0
    assert "epoch 2:" in capsys.readouterr().out
    found = load_classifier(tmp_path / "out").predict(["清河医院误诊"])[0]
    assert found.model.startswith("fengsui-e5m8@7+")
    assert (tmp_path / "out" / "grams.safetensors").exists()


def test_an_interrupted_run_goes_on_and_ends_with_the_same_weights(
    data: Path, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models.training.loop import Plan, Trainer
    from models.training.recipe import train

    one, two = tmp_path / "one", tmp_path / "two"
    plan = Plan(epochs=2, scale=0.004)
    train(data, base, one, work=tmp_path / "work1", plan=plan)
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "_checkpoint", stop_after(Trainer._checkpoint))
        with pytest.raises(KeyboardInterrupt):
            train(data, base, two, work=tmp_path / "work2", plan=plan)
    train(data, base, two, work=tmp_path / "work2", plan=plan)
    assert (one / "model.safetensors").read_bytes() == (two / "model.safetensors").read_bytes()


def test_a_teams_word_stands_before_the_label_of_a_set(data: Path) -> None:
    told = {"text": "护士收费高0", "polarity": "positive", "risk": None, "stance": None}
    corpus = load_corpus(data, corrections=[told])
    found = [example for example in corpus.examples if example.text == "护士收费高0"]
    assert [(one.polarity, one.split, one.stance) for one in found] == [("positive", "train", None)]


def test_a_trained_model_learns_further_from_corrections_alone(base: Path, tmp_path: Path) -> None:
    from models.training.loop import Plan
    from models.training.recipe import train

    first = tmp_path / "first"
    settings = untrained(base, first)
    told = [{"text": "今天护士真好", "polarity": "positive", "risk": [], "stance": "none"}]
    plan = Plan(epochs=1, scale=0.05)
    again = train(
        None, first, tmp_path / "two", work=tmp_path / "w2", plan=plan, version="own-1",
        corrections=told,
    )  # fmt: skip
    assert (again.version, again.thresholds) == ("own-1", settings.thresholds)
    before, after = (tmp_path / name / "model.safetensors" for name in ("first", "two"))
    assert before.read_bytes() != after.read_bytes()
    before, after = (tmp_path / name / "grams.safetensors" for name in ("first", "two"))
    assert before.read_bytes() == after.read_bytes()
    assert load_classifier(tmp_path / "two").name == "fengsui-e5m8@own-1+n1"


def test_frozen_parts_stay_as_they_were_and_all_above_learns(base: Path, tmp_path: Path) -> None:
    every = {"words", "positions", "norm", "head", *(f"blocks.{place}" for place in range(8))}
    trainer, after = one_epoch(base, tmp_path / "free")
    assert moved(trainer.first, after) == every
    trainer, after = one_epoch(base, tmp_path / "frozen", frozen=2)
    assert moved(trainer.first, after) == every - {"words", "positions", "norm", "blocks.0"}


def test_the_answer_holds_as_much_of_the_new_weights_as_was_asked(
    base: Path, tmp_path: Path
) -> None:
    none, kept = one_epoch(base, tmp_path / "none", share=0.0)
    assert moved(none.first, kept) == set()
    whole, new = one_epoch(base, tmp_path / "all", share=1.0)
    assert moved(whole.best_weights, new) == set()
    half, mixed = one_epoch(base, tmp_path / "half", share=0.5)
    middle = (half.first["head.weight"] + half.best_weights["head.weight"]) / 2
    assert mixed["head.weight"].allclose(middle)
    assert not mixed["head.weight"].allclose(half.first["head.weight"])


def test_an_epoch_takes_of_each_source_what_the_plan_says() -> None:
    from models.training.batches import mix

    known = [Example(f"{n}", "neutral", name, "train") for n in range(5) for name in ("own", "old")]
    drawn = [one.source for one in mix(known, {"own": 8, "old": 2}, 1.0, random.Random(1))]  # noqa: S311
    assert (drawn.count("own"), drawn.count("old")) == (8, 2)


def test_a_trained_model_learns_all_sets_further_and_reads_words_as_before(
    data: Path, base: Path, tmp_path: Path
) -> None:
    from models.storage import load_network
    from models.training.loop import Plan
    from models.training.recipe import train

    first, two = tmp_path / "first", tmp_path / "two"
    untrained(base, first)
    plan = Plan(epochs=1, scale=0.004)
    train(data, first, two, work=tmp_path / "work", plan=plan, version="2")
    before, after = (load_network(folder) for folder in (first, two))
    assert before.words.weight.allclose(after.words.weight, atol=1e-3)
    assert not before.head.weight.equal(after.head.weight)
    assert load_classifier(two).name == "fengsui-e5m8@2+n1"
