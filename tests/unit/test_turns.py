"""Whose turn it is: suspected harm first, copies for nothing, and nobody waits for ever."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.turns import AGED, Waiting, turn

SIZE = 32
queues = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=200)


def of(numbers: range, *, unread: bool = True) -> list[Waiting]:
    return [Waiting(n, unread) for n in numbers]


def test_a_copy_of_a_known_text_costs_nobody_a_place() -> None:
    free, read = turn(of(range(100, 200), unread=False), of(range(40)), SIZE)
    assert free == list(range(100, 200))
    assert read == list(range(SIZE // AGED))


def test_a_quarter_is_for_who_waits_longest_and_the_rest_for_the_urgent() -> None:
    _, read = turn(of(range(1000, 900, -1)), of(range(100)), SIZE)
    assert read == [*range(8), *range(1000, 976, -1)]


@given(queues, st.integers(1, 64))
def test_nothing_twice_and_no_more_than_the_model_reads_at_once(
    queue: list[tuple[bool, bool]], size: int
) -> None:
    waiting = [Waiting(n, unread) for n, (unread, _) in enumerate(queue)]
    urgent = sorted(waiting, key=lambda one: (not queue[one.id][1], -one.id))
    free, read = turn(urgent, waiting, size)
    unread = {one.id for one in waiting if one.unread}
    assert sorted(free) == sorted({one.id for one in waiting} - unread)
    assert len(set(read)) == len(read) == min(size, len(unread))
    assert set(read) <= unread
    if read:  # whoever waits longest is always among them
        assert min(unread) in read


def test_under_a_flood_of_suspects_the_dull_are_read_within_the_bound() -> None:
    """A dull one with n before it is read after n / (size / AGED) batches, whatever pours in."""
    dull = list(range(100))
    number, waiting, batches = 1000, list(dull), 0
    while any(one in waiting for one in dull):
        waiting += range(number, number + SIZE)
        number += SIZE
        rows = [Waiting(one, unread=True) for one in waiting]
        foremost = sorted(rows, key=lambda one: -one.id)
        _, read = turn(foremost, rows, SIZE)
        waiting = [one for one in waiting if one not in read]
        batches += 1
    assert batches <= len(dull) / (SIZE // AGED) + 1
