"""README's table and the manual of sources say what the registry says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawlers.connectors.base import About, Grade
from crawlers.connectors.registry import ABOUT
from monitor.config import load

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs/sources.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \|(.+)\|$", re.MULTILINE)
MINUTES = {"m": 1, "h": 60, "d": 24 * 60}
FIVE_LINES = 5


def table() -> dict[str, list[str]]:
    """Return the cells of README's table of sources by kind."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split("\n## Sources\n")[1].split("\n## ")[0]
    return {
        kind: [cell.strip() for cell in cells.split("|")] for kind, cells in ROW.findall(section)
    }


def needs(about: About) -> set[str]:
    required = {name for name, option in about.options.items() if option.required}
    return {*about.needs, *required, *(() if about.address or about.waits else ("url",))}


def test_readme_lists_every_kind_of_source_and_no_other() -> None:
    assert table().keys() == ABOUT.keys()


@pytest.mark.parametrize("kind", sorted(ABOUT))
def test_readme_says_of_a_kind_what_the_registry_says(kind: str) -> None:
    about = ABOUT[kind]
    source, grade, needed, gives, every, risk = table()[kind]
    assert grade == about.grade.value
    assert set(re.findall(r"`(\w+)`", needed)) == needs(about)
    assert ("authorisation" in needed) == (about.grade is Grade.SESSION)
    assert int(every[:-1]) * MINUTES[every[-1]] * 60 == about.every.total_seconds()
    assert all((source, gives, risk))


def examples() -> list[dict[str, Any]]:
    blocks = re.findall(r"```yaml\n(.+?)```", MANUAL, re.DOTALL)
    return [one for block in blocks for one in yaml.safe_load(block)["sources"]]


def test_the_manual_shows_every_kind_and_the_configuration_takes_it_as_it_stands(
    tmp_path: Path,
) -> None:
    env = dict.fromkeys(re.findall(r"\$\{(\w+)\}", MANUAL), "not-a-secret")
    file = tmp_path / "fengsui.yaml"
    written = {"brands": [{"name": "清河互联网医院"}], "sources": examples()}
    file.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    assert {one.kind for one in load(file, env).sources} == ABOUT.keys()


def test_no_kind_needs_more_than_five_lines_unless_a_lawyer_must_sign() -> None:
    for one in examples():
        signed = {"enabled", "authorisation"} & one.keys()
        assert len(one) - len(signed) <= FIVE_LINES
