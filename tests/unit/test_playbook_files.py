"""What a playbook's YAML may say, and the sentence when it says something else."""

from __future__ import annotations

import pytest

from monitor.playbook_files import PlaybookError, parse_playbook

STEP = {
    "id": "ack",
    "title": "值班人接手",
    "role": "值班人",
    "phase": "快速响应",
    "after_minutes": "5",
    "clock": "response",
    "orange": "true",
    "exit": "有人接手",
}


def book(*steps: dict[str, str], head: str = "name: 预案\nversion: '1'\n") -> str:
    lines = ["  - " + "\n    ".join(f"{key}: {value}" for key, value in s.items()) for s in steps]
    return head + "steps:\n" + "\n".join(lines)


def changed(**changes: str | None) -> dict[str, str]:
    return {key: value for key, value in (STEP | changes).items() if value is not None}


def test_a_step_is_read_field_by_field() -> None:
    playbook = parse_playbook(book(changed(every_minutes="240", template="口径")))
    (step,) = playbook.steps
    assert (playbook.name, playbook.version) == ("预案", "1")
    assert (step.id, step.after_minutes, step.orange) == ("ack", 5, True)
    assert (step.every_minutes, step.template) == (240, "口径")


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        pytest.param("a: [", ("YAML", "第 1 行"), id="broken YAML"),
        pytest.param("\x00", ("YAML", "缩进"), id="a character that YAML forbids"),
        pytest.param("[]", ("name、version、steps",), id="a list"),
        pytest.param(book(STEP) + "\nextra: 1", ("不认识 extra",), id="an unknown key"),
        pytest.param("name: 预案\nversion: '1'\nsteps: []", ("至少写一步",), id="no steps"),
        pytest.param(book(STEP, head="version: '1'\n"), ("缺少 name",), id="no name"),
        pytest.param(
            book(STEP, head="name: 预案\nversion: 1\n"), ("version", "文字"), id="version as number"
        ),
        pytest.param("name: 预案\nversion: '1'\nsteps: [5]", ("第 1 步",), id="a step as number"),
        pytest.param(book(changed(id=None)), ("第 1 步（没有 id）", "缺少 id"), id="no id"),
        pytest.param(book(changed(who="x")), ("第 1 步（ack）", "不认识 who"), id="unknown field"),
        pytest.param(book(changed(clock="wall")), ("clock", "舆情时钟"), id="unknown clock"),
        pytest.param(book(changed(orange="3")), ("orange", "只在红色做"), id="orange as number"),
        pytest.param(book(changed(after_minutes="-1")), ("至少 0",), id="negative minutes"),
        pytest.param(book(changed(after_minutes="true")), ("整数分钟",), id="minutes as truth"),
        pytest.param(book(changed(every_minutes="0")), ("至少 1",), id="an endless round"),
        pytest.param(book(changed(title="''")), ("title", "不能为空"), id="an empty title"),
        pytest.param(book(STEP, STEP), ("ack 用了两次",), id="the same id twice"),
        pytest.param(book(changed(id="'a#2'")), ("不能有 #",), id="an id like a round"),
    ],
)
def test_a_bad_playbook_is_refused_with_what_to_write(
    text: str, sentences: tuple[str, ...]
) -> None:
    with pytest.raises(PlaybookError) as refusal:
        parse_playbook(text)
    for sentence in sentences:
        assert sentence in str(refusal.value)
