"""Shared fixtures and the hypothesis profiles."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Machines that run the suite are often loaded: an example's wall time says nothing about us.
settings.register_profile("quick", deadline=None, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=500)
# Two workers on two cores: torch's threads must not spin while they wait for each other.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project; tests that read it skip where it is not."""
    folder = Path(os.environ.get("FENGSUI_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("needs the real data in ../shared, which does not ship with the project")
    return folder
