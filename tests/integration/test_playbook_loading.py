"""The playbook that ships with the program, and files that cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.playbook_files import PlaybookError, load_playbook

if TYPE_CHECKING:
    from pathlib import Path

PHASES = {"快速响应", "真诚沟通", "责任担当", "行动改进"}


def test_the_shipped_playbook_holds_the_four_hours() -> None:
    steps = {step.id: step for step in load_playbook().steps}
    assert {step.phase for step in steps.values()} == PHASES
    assert steps["publish"].after_minutes == 90
    assert steps["exit-gate"].after_minutes == 240
    assert [name for name, step in steps.items() if not step.orange] == [
        "contact",
        "update-2",
        "findings",
    ]


def test_its_steps_stand_in_the_order_of_their_time() -> None:
    minutes = [step.after_minutes for step in load_playbook().steps]
    assert minutes == sorted(minutes)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match=r"gone\.yaml.*读不到"):
        load_playbook(tmp_path / "gone.yaml")


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "old.yaml"
    path.write_bytes("name: 预案".encode("gbk"))
    with pytest.raises(PlaybookError, match=r"old\.yaml.*UTF-8"):
        load_playbook(path)
