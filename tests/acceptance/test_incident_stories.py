"""Every story of an incident ends as it says: who was told what, when, and nothing beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from incident_stories import Story, faults, play, stories


@pytest.mark.parametrize("story", stories(), ids=lambda one: one.name)
def test_a_story_of_an_incident(story: Story, tmp_path: Path) -> None:
    player = play(story, tmp_path)

    assert faults(story, player) == [], story.name


def test_every_story_says_of_somebody_what_they_received() -> None:
    assert all(story.received for story in stories())
