"""A policy file as a command takes it: read and checked, or refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.context import Refusal
from monitor.domain.policy import Policy
from monitor.policy_file import PolicyError, load_policy

FileOption = Annotated[
    Path | None, typer.Option("--policy", help="分级策略文件；不写就用自带的", show_default=False)
]


def policy_from(path: Path | None) -> Policy:
    """Read a policy file; a bad one is a Refusal."""
    try:
        return load_policy(path)
    except PolicyError as error:
        raise Refusal(str(error)) from error
