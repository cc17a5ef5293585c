"""Platforms have one name in the store and one that people read."""

from __future__ import annotations

import pytest

from crawlers.connectors.registry import ABOUT
from crawlers.importers.platforms import platform_label


def test_no_kind_of_source_shows_people_a_bare_key() -> None:
    shown = {platform_label(about.platform) for about in ABOUT.values()}

    assert {name for name in shown if name.isascii()} <= {"App Store"}


@pytest.mark.parametrize(
    ("stored", "read"),
    [("weibo", "微博"), ("news", "新闻"), ("论坛", "论坛"), ("Mastodon", "Mastodon")],
)
def test_a_stored_name_is_read_in_chinese_and_ones_own_stays(stored: str, read: str) -> None:
    assert platform_label(stored) == read
