"""Real loading, label maps and batching on networks small enough to build in a test."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models.encoder import WEIGHTS, load_classifier
from models.labels import ModelError
from models.prediction import Classifier, Prediction

ODD_TEXTS = [
    "",
    "   ",
    "转发微博",
    "😡😡😡",
    "[泪][泪]",
    "\ud800坏的代理对",
    "医" * 100_000,
    "清河医院今天开门吗？" * 60_000,
    "plain english about a hospital",
    "ﷺ🏳️‍🌈\u200b\u202e",
    "\x00\x01\x02",
]
TEXTS = [
    "清河医院的护士特别耐心，点赞",
    "等了三个小时没人理，态度极差",
    "清河医院周一调整门诊时间",
    "网传清河医院打错针致人死亡系谣言，造谣者已被拘留",
    "很" * 700 + "好",
    "呵呵",
]
# Special pieces in the order of the shipped vocabulary: start, padding, end, unknown.
VOCABULARY = ["[CLS]", "[PAD]", "[SEP]", "[UNK]", "好", "坏", "医", "院", "人", "不", "的", "了"]


@pytest.fixture(scope="module")
def tiny_bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a random one-layer sequence classifier with two classes; return its folder."""
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    config = BertConfig(
        vocab_size=len(VOCABULARY), hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=64, pad_token_id=1,
        id2label={0: "bad", 1: "good"}, label2id={"bad": 0, "good": 1},
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    vocab = {word: place for place, word in enumerate(VOCABULARY)}
    BertTokenizerFast(vocab=vocab).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def tiny_own(tiny_bert: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write random weights in the layout of the shipped ones; return their folder."""
    from models.heads import Settings
    from models.network import Network, Shape
    from models.storage import save_network

    folder = tmp_path_factory.mktemp("own")
    shape = Shape(
        vocabulary=len(VOCABULARY), width=32, inner=64, heads=2, blocks=2, positions=64,
        merge_after=(1,),
    )  # fmt: skip
    save_network(Network(shape), folder)
    (folder / "tokenizer.json").write_bytes((tiny_bert / "tokenizer.json").read_bytes())
    Settings(name="tiny", version="1", preprocessing="n1").save(folder / "settings.json")
    return folder


MAP = {"bad": "negative", "good": "positive"}


@pytest.fixture(scope="module", params=["shipped", "own folder", "other sentiment"])
def classifier(request: pytest.FixtureRequest, tiny_bert: Path, tiny_own: Path) -> Classifier:
    if request.param == "shipped":
        return load_classifier()
    if request.param == "own folder":
        return load_classifier(tiny_own)
    return load_classifier(tiny_own, sentiment_model=str(tiny_bert), labels=MAP)


def shares(prediction: Prediction) -> tuple[float, float, float]:
    return prediction.negative, prediction.neutral, prediction.positive


def test_no_texts_give_no_answers(classifier: Classifier) -> None:
    assert classifier.predict([]) == []


def test_every_text_has_one_answer_whose_shares_sum_to_one(classifier: Classifier) -> None:
    found = classifier.predict(TEXTS)
    assert len(found) == len(TEXTS)
    for prediction in found:
        assert sum(shares(prediction)) == pytest.approx(1.0)
        assert min(shares(prediction)) >= 0.0
        assert prediction.model == classifier.name


def test_every_text_has_a_direction_whatever_it_was_asked_with(classifier: Classifier) -> None:
    found = classifier.embed(TEXTS)
    assert found.shape[0] == len(TEXTS)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert np.allclose(found[:2], classifier.embed(TEXTS[:2]), atol=0.02)


def test_stance_is_none_exactly_when_no_risk_holds(classifier: Classifier) -> None:
    for prediction in classifier.predict(TEXTS):
        assert (prediction.stance == "none") is (prediction.risk == ())
        scores = [risk.score for risk in prediction.risk]
        assert scores == sorted(scores, reverse=True)


def test_odd_texts_have_defined_answers_and_fail_no_batch(classifier: Classifier) -> None:
    found = classifier.predict([*ODD_TEXTS, *TEXTS])
    assert len(found) == len(ODD_TEXTS) + len(TEXTS)
    for prediction in found:
        assert sum(shares(prediction)) == pytest.approx(1.0)
    assert [p.polarity for p in found[:3]] == ["neutral"] * 3


@pytest.mark.parametrize("odd", [None, b"bytes", 7])
def test_what_is_not_text_is_neutral_and_harms_no_neighbour(
    classifier: Classifier, odd: object
) -> None:
    alone = classifier.predict(TEXTS[:1])[0]
    found = classifier.predict([odd, TEXTS[0]])  # type: ignore[list-item]
    assert found[0].polarity == "neutral"
    assert found[0].risk == ()
    assert shares(found[1]) == pytest.approx(shares(alone), abs=0.03)


def test_a_text_has_the_same_answer_alone_and_in_a_batch(classifier: Classifier) -> None:
    together = classifier.predict(TEXTS * 5)
    for text, prediction in zip(TEXTS, together, strict=False):
        # bfloat16 keeps eight bits; padding moves the third digit.
        assert shares(classifier.predict([text])[0]) == pytest.approx(shares(prediction), abs=0.03)


def test_another_sentiment_model_gives_sentiment_while_risk_stays_ours(
    tiny_bert: Path, tiny_own: Path
) -> None:
    ours = load_classifier(tiny_own).predict(TEXTS)
    other = load_classifier(tiny_own, sentiment_model=str(tiny_bert), labels=MAP).predict(TEXTS)
    assert [p.risk for p in other] == [p.risk for p in ours]
    assert [p.stance for p in other] == [p.stance for p in ours]
    assert any(shares(a) != shares(b) for a, b in zip(ours, other, strict=True))


def test_the_label_map_decides_which_class_is_negative(tiny_bert: Path, tiny_own: Path) -> None:
    turned = {"bad": "positive", "good": "negative"}
    straight = load_classifier(tiny_own, sentiment_model=str(tiny_bert), labels=MAP)
    crossed = load_classifier(tiny_own, sentiment_model=str(tiny_bert), labels=turned)
    one, two = straight.predict(["坏医院"])[0], crossed.predict(["坏医院"])[0]
    assert (one.negative, one.neutral) == pytest.approx((two.positive, 0.0), abs=0.01)


def test_a_missing_folder_is_named_in_the_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"找不到模型目录：.*gone"):
        load_classifier(tmp_path / "gone")


def test_a_missing_folder_of_another_model_is_named_in_the_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"找不到模型目录：.*gone"):
        load_classifier(sentiment_model=str(tmp_path / "gone"), labels=MAP)


def test_a_hub_name_is_refused_while_downloads_are_off() -> None:
    with pytest.raises(ModelError, match="不允许联网下载"):
        load_classifier(sentiment_model="nobody/no-such-model", labels=MAP)


def test_another_model_without_a_label_map_is_refused_before_it_is_loaded(tiny_bert: Path) -> None:
    with pytest.raises(ModelError, match="「bad」、「good」"):
        load_classifier(sentiment_model=str(tiny_bert))


def test_a_broken_config_is_told_from_a_missing_folder(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("not json")
    with pytest.raises(ModelError, match=r"config.json 缺失或读不懂"):
        load_classifier(tmp_path)


def test_weights_without_settings_are_refused(tiny_bert: Path) -> None:
    with pytest.raises(ModelError, match=r"settings.json 缺失或读不懂"):
        load_classifier(tiny_bert)


def test_torch_waits_for_the_first_prediction() -> None:
    program = (
        "import sys, models.prediction, models.encoder, models.evaluation\n"
        "classifier = models.encoder.load_classifier()\n"
        "classifier.predict(['', '转发微博'])\n"
        "assert not {'torch', 'transformers'} & set(sys.modules), 'loaded early'\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)  # noqa: S603


def test_the_shipped_weights_fit_in_the_promised_space() -> None:
    assert sum(path.stat().st_size for path in WEIGHTS.iterdir()) <= 45_000_000


def test_the_shipped_settings_name_every_risk_code() -> None:
    from models.prediction import RISK_CODES

    settings = json.loads((WEIGHTS / "settings.json").read_text("utf-8"))
    assert set(settings["thresholds"]) == set(RISK_CODES)


def test_the_layer_over_characters_speaks_in_the_answer_and_in_its_explanation(
    tiny_own: Path, tmp_path: Path
) -> None:
    from models.explain import explain
    from models.heads import WIDTH
    from models.ngrams import buckets_of, packed

    folder = tmp_path / "beside"
    shutil.copytree(tiny_own, folder)
    alone = load_classifier(folder).predict(["的人坏了"])[0]
    weights = np.zeros((1 << 18, WIDTH), np.float32)
    only = set(buckets_of(["坏"])[0]) - set(buckets_of(["的"])[0]) - set(buckets_of(["人"])[0])
    weights[sorted(only & set(buckets_of(["的人坏了"])[0])), 0] = 40.0
    packed(weights, np.zeros(WIDTH, np.float32), np.ones(WIDTH, np.float32)).save(folder)
    classifier = load_classifier(folder)
    found = classifier.predict(["的人坏了"])[0]
    assert found.negative > max(0.99, alone.negative)
    spans = explain(classifier, "的人坏了").spans
    assert max(spans, key=lambda span: span.weight).text.startswith("坏")
