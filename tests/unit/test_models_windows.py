"""How texts are cut into windows and windows are packed into batches."""

from __future__ import annotations

from models.windows import HEAD, MIDDLE, TAIL, WINDOW, batches, cut


def test_a_short_text_is_one_window() -> None:
    assert cut("今天去清河医院复查。") == ["今天去清河医院复查。"]


def test_the_empty_text_is_one_empty_window() -> None:
    assert cut("") == [""]


def test_windows_of_a_long_text_hold_every_character_in_order() -> None:
    text = "".join(f"第{n}句话说的是第{n}件事。" for n in range(120))
    assert "".join(cut(text)) == text


def test_a_window_ends_after_a_sentence_where_one_ends() -> None:
    pieces = cut("医院今天发布了一份通报。" * 60)
    assert all(piece.endswith("。") for piece in pieces)
    assert all(len(piece) <= WINDOW for piece in pieces)


def test_a_text_without_sentences_is_cut_hard() -> None:
    assert [len(piece) for piece in cut("好" * (WINDOW * 2 + 5))] == [WINDOW, WINDOW, 5]


def test_a_huge_text_is_read_at_its_start_middle_and_end() -> None:
    text = "头" * 5000 + "中" * 90_000 + "尾" * 5000
    pieces = cut(text)
    assert len(pieces) == HEAD + MIDDLE + TAIL
    assert pieces[0][0] == "头"
    assert "中" in pieces[HEAD + 3]
    assert pieces[-1][-1] == "尾"


def test_every_window_is_in_exactly_one_batch() -> None:
    lengths = [3, 200, 17, 90, 90, 1, 256]
    packed = batches(lengths, 300)
    assert sorted(place for batch in packed for place in batch) == list(range(len(lengths)))


def test_no_batch_is_padded_beyond_the_budget() -> None:
    lengths = [n % 97 + 1 for n in range(500)]
    for batch in batches(lengths, 400):
        assert len(batch) * max(lengths[place] for place in batch) <= 400


def test_a_window_larger_than_the_budget_goes_alone() -> None:
    assert batches([500, 2], 300) == [[0], [1]]
