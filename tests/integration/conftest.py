"""Platforms on loopback that more than one file of tests talks to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from chat_servers import DingPlatform, LarkPlatform


@pytest.fixture
def feishu() -> Iterator[LarkPlatform]:
    """A 飞书 that answers as the real one does."""
    one = LarkPlatform()
    yield one
    one.close()


@pytest.fixture
def ding() -> Iterator[DingPlatform]:
    """A 钉钉 that answers as the real one does."""
    one = DingPlatform()
    yield one
    one.close()
