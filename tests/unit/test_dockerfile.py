"""The container's recipe names only what exists; no test here can build it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import typer

from monitor.cli import app

ROOT = Path(__file__).parents[2]
RECIPE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")


def test_everything_that_is_copied_from_the_project_exists() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", RECIPE, re.MULTILINE)

    assert copied
    assert [one for line in copied for one in line.split() if not (ROOT / one).exists()] == []


def test_its_commands_and_targets_are_ours() -> None:
    lines = re.MULTILINE
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    listed = [json.loads(one) for one in re.findall(r"(?:CMD|ENTRYPOINT) (\[.*\])$", RECIPE, lines)]
    words = {word for line in listed for word in line} - {"fengsui"}
    targets = re.findall(r"\bmake (\w+)$", RECIPE, lines)
    makefile = (ROOT / "Makefile").read_text("utf-8")

    assert words == {"run", "status"}
    assert words <= known.keys()
    assert targets == ["setup"]
    assert re.search(r"^setup:", makefile, re.MULTILINE)
