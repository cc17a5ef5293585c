"""The short form of the soak; `make soak` runs the long one with real crawl children."""

from __future__ import annotations

from pathlib import Path

from crawl_service import CrawlService
from soak_run import soak
from soak_site import KINDS


def test_faults_lose_nothing_double_nothing_and_are_told_in_time(tmp_path: Path) -> None:
    with CrawlService() as crawl:
        one, result = soak(tmp_path, crawl, seed=7, posts=300, hours=0.75, kinds=KINDS[::3])

    assert (result.lost, result.twice, result.late, result.false) == ([], 0, [], [])
    assert result.kept == 300
    # It must have been a soak: faults of many modes, some of them lasting.
    assert len({spell.mode for spell in result.spells}) >= 8
    assert sum(spell.owed for spell in result.spells) >= 3
    assert one.crawls > 60
