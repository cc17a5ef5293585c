"""The network: merging neighbours, indifference to padding, and what storing it costs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from models.encoder import texts_of, wide
from models.labels import ModelError
from models.network import Block, Network, Shape, drop, from_bert, merge, summary
from models.packed import Packed, PackedBlock, pack
from models.storage import load_network, save_network

SHAPE = Shape(vocabulary=50, width=32, inner=64, heads=4, blocks=3, positions=64, merge_after=(1,))


@pytest.fixture
def network() -> Network:
    torch.manual_seed(1)
    return Network(SHAPE).eval()


def test_padding_changes_no_answer(network: Network) -> None:
    row = [0, 7, 8, 9, 2]
    alone = network(torch.tensor([row]))
    beside = network(torch.tensor([[*row, 1, 1, 1, 1], [0, *range(10, 17), 2]]))
    assert torch.allclose(alone[0], beside[0], atol=1e-5)


def test_a_text_of_padding_alone_gets_a_finite_answer(network: Network) -> None:
    assert torch.isfinite(network(torch.tensor([[1, 1, 1]]))).all()


def test_two_neighbours_become_their_mean_and_count_for_both() -> None:
    states = torch.tensor([[[1.0], [3.0], [5.0]]])
    merged, sizes = merge(states, torch.tensor([[1.0, 1.0, 1.0]]))
    assert merged.flatten().tolist() == [2.0, 5.0]
    assert sizes.flatten().tolist() == [2.0, 1.0]


def test_padding_takes_no_part_in_a_merge() -> None:
    merged, sizes = merge(torch.tensor([[[1.0], [9.0]]]), torch.tensor([[1.0, 0.0]]))
    assert merged.flatten().tolist() == [1.0]
    assert sizes.flatten().tolist() == [1.0]


def test_attention_counts_a_merged_place_for_the_pieces_it_holds() -> None:
    torch.manual_seed(1)
    block = Block(SHAPE).eval()
    one, other = torch.randn(2, SHAPE.width)
    thrice = block.mix(block.attend(torch.stack([one, one, one, other])[None]), torch.ones(1, 4))
    merged = block.mix(block.attend(torch.stack([one, other])[None]), torch.tensor([[3.0, 1.0]]))
    assert torch.allclose(thrice[0, -1], merged[0, -1], atol=1e-6)


def test_attention_leaves_empty_places_out() -> None:
    torch.manual_seed(1)
    block = Block(SHAPE).eval()
    made = block.attend(torch.randn(1, 3, SHAPE.width))
    alone = block.mix(made[:, :2], torch.ones(1, 2))
    beside = block.mix(made, torch.tensor([[1.0, 1.0, 0.0]]))
    assert torch.allclose(alone, beside[:, :2], atol=1e-6)


def test_the_summary_is_mean_and_maximum_over_what_is_there() -> None:
    states = torch.tensor([[[1.0], [4.0], [99.0]]])
    found = summary(states, torch.tensor([[2.0, 1.0, 0.0]]))
    assert found.flatten().tolist() == [2.0, 4.0]


def test_dropping_features_keeps_their_mean() -> None:
    torch.manual_seed(1)
    dropped = drop(torch.ones(400, 3, 50), 0.2)
    assert dropped.mean().item() == pytest.approx(1.0, abs=0.03)
    assert (dropped[:, 0] == dropped[:, 2]).all()


def test_storing_takes_a_byte_a_weight_and_hardly_moves_an_answer(
    network: Network, tmp_path: Path
) -> None:
    save_network(network, tmp_path)
    ids = torch.tensor([[0, 7, 8, 9, 2]])
    assert torch.allclose(load_network(tmp_path)(ids), network(ids), atol=0.03)
    weights = sum(value.numel() for value in network.state_dict().values())
    assert (tmp_path / "model.safetensors").stat().st_size < 1.8 * weights


@pytest.mark.skipif(
    not torch.backends.mkldnn.is_available(), reason="this torch has no kernels to pack for"
)
def test_packing_changes_no_answer_by_more_than_half_precision_does(tmp_path: Path) -> None:
    torch.manual_seed(3)
    save_network(Network(replace(SHAPE, width=64, inner=128)), tmp_path)
    ids = torch.randint(5, 50, (7, 11))
    exact = load_network(tmp_path)(ids)
    with torch.inference_mode():
        packed = pack(load_network(tmp_path, torch.bfloat16))
        assert isinstance(packed.blocks[0].widen, Packed)
        assert torch.allclose(packed(ids).float(), exact, atol=0.1)
        assert torch.allclose(packed(ids[:1]).float(), exact[:1], atol=0.1)


def test_a_network_that_cannot_be_packed_answers_as_it_was(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = torch.tensor([[0, 7, 8, 9, 2]])
    plain = network(ids)
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert torch.equal(pack(network)(ids), plain)


def test_a_cut_file_is_refused_in_words(network: Network, tmp_path: Path) -> None:
    save_network(network, tmp_path)
    path = tmp_path / "model.safetensors"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ModelError, match="缺失或已损坏"):
        load_network(tmp_path)


def test_a_folder_of_another_make_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "bert"}', "utf-8")
    with pytest.raises(ModelError, match="不是烽燧自己的模型"):
        load_network(tmp_path)


def test_the_cut_reads_as_the_encoder_it_was_cut_from() -> None:
    from transformers import BertConfig, BertModel

    torch.manual_seed(2)
    bert = BertModel(
        BertConfig(
            vocab_size=50, hidden_size=32, num_hidden_layers=3, num_attention_heads=4,
            intermediate_size=64, max_position_embeddings=64, pad_token_id=1,
        ),
        add_pooling_layer=False,
    ).eval()  # fmt: skip
    whole = Shape(**{**{f: getattr(SHAPE, f) for f in SHAPE.__slots__}, "merge_after": ()})
    ours = from_bert(bert.state_dict(), whole, (0, 1, 2)).eval()
    ids = torch.tensor([[0, 7, 8, 9, 2]])
    states = ours.norm(ours.words(ids) + ours.positions.weight[:5])
    for block in ours.blocks:
        states = block(states, torch.ones(1, 5))
    theirs = bert(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
    assert torch.allclose(states, theirs, atol=1e-4)


@pytest.mark.parametrize("fused", [False, True])
def test_a_packed_block_answers_as_the_block_it_packs(fused: bool) -> None:
    torch.manual_seed(1)
    block = Block(SHAPE).eval().to(torch.bfloat16)
    states = torch.randn(2, 4, SHAPE.width).to(torch.bfloat16)
    sizes = torch.tensor([[2.0, 1.0, 1.0, 0.0], [1.0, 1.0, 1.0, 1.0]]).to(torch.bfloat16)
    with torch.inference_mode():
        plain = block(states, sizes).float()
        found = PackedBlock(block, fused=fused)(states, sizes).float()
    there = sizes > 0
    assert (plain[there] - found[there]).abs().max() < 0.05


def test_texts_and_batches_are_filled_up_to_few_sizes() -> None:
    assert [wide(length) for length in (1, 33, 256, 300)] == [8, 40, 256, 300]
    assert texts_of(1, 8) == 15
    assert texts_of(9, 160) == 12
    assert texts_of(9, 300) == 9  # no size has room: as it is
