"""Reads a playbook's YAML into domain steps and says in Chinese what is wrong with a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.domain.playbook import Playbook


class PlaybookError(ValueError):
    """A playbook file that cannot be used, in a Chinese sentence."""


def load_playbook(path: Path | None = None) -> Playbook:
    """Read the file, or the red playbook that comes with the program."""
    raise NotImplementedError
