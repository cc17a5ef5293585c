"""The contract of every connector: what it does when its site answers well, badly or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from connector_batch import crawl_all
from connector_modes import BAD
from connector_sample import Sample
from connector_samples import SAMPLES
from crawl_site import NOW, Page, Site

from crawlers.connectors.registry import ABOUT
from crawlers.protocol import CrawlOutcome, CrawlRequest

MODES = ["ok", "empty", "wrong charset", *BAD]
# What waits for others asks no site; tests/integration/test_calls.py and test_tips.py have it.
ASKED = {kind: about for kind, about in ABOUT.items() if not about.waits}
Runs = dict[tuple[str, str], CrawlOutcome]


@pytest.fixture(scope="module")
def runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Runs]:
    """Crawl every chosen connector in every chosen mode, all in one process."""
    chosen = [
        (one.callspec.params["kind"], one.callspec.params["mode"])
        for one in request.session.items
        if isinstance(one, pytest.Function)
        and one.path == request.path
        and hasattr(one, "callspec")
        and {"kind", "mode"} <= one.callspec.params.keys()
    ]
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("crawl")
        jobs = [a_job(kind, a_site(stack, SAMPLES[kind], mode), folder) for kind, mode in chosen]
        yield dict(zip(chosen, crawl_all(jobs), strict=True))


def a_site(stack: ExitStack, sample: Sample, mode: str) -> Site:
    site = stack.enter_context(Site())
    site.pages["/robots.txt"] = Page(b"", 404)
    good = {"Content-Type": sample.content_type}
    if mode in {"ok", "wrong charset"}:
        charset = "gb18030" if mode == "wrong charset" and sample.lies else "utf-8"
        answers = iter([sample.ok])
        site.otherwise = lambda _: Page(next(answers, sample.empty).encode(charset), headers=good)
        for path, body in sample.pages.items():
            site.pages[path] = Page(body.encode(charset), headers=good)
    elif mode == "empty":
        site.otherwise = Page(sample.empty, headers=good)
    elif mode == "hang":
        site.otherwise = Page(before=site.hang)
    else:
        site.otherwise = BAD[mode].page
    return site


def a_job(kind: str, site: Site, folder: Path, **changes: Any) -> CrawlRequest:
    sample = SAMPLES[kind]
    given: dict[str, Any] = {
        "source": kind,
        "platform": ABOUT[kind].platform,
        "url": site.url,
        "cache_dir": folder,
        "now": NOW,
        "kind": kind,
        "queries": sample.queries,
        "secrets": sample.secrets,
        "options": sample.options,
        "follow_articles": False,
        "deadline_seconds": 6,  # a quarter of it is the patience with one page
        "delay_seconds": 0,
    }
    return CrawlRequest(**{**given, **changes})


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", sorted(ASKED))
def test_a_connector_keeps_its_contract(runs: Runs, kind: str, mode: str) -> None:
    outcome = runs[kind, mode]
    said = [problem.message_zh for problem in outcome.problems]

    if mode in {"ok", "wrong charset"}:
        assert (outcome.status, len(outcome.items), said) == ("ok", SAMPLES[kind].items, [])
        assert "清河互联网医院" in "".join(item.title + item.text for item in outcome.items)
        assert outcome.cursor["marks"]
    elif mode == "empty":
        assert not outcome.items
        assert not any(mark[0] for mark in outcome.cursor.get("queries", {}).values())
        if ABOUT[kind].canary or ABOUT[kind].never_empty:
            assert (outcome.status, outcome.problems[0].kind) == ("failed", "soft_blocked")
        else:
            assert (outcome.status, said) == ("empty", [])
    else:
        assert (outcome.status, outcome.items, outcome.cursor) == ("failed", [], {})
        assert {problem.kind for problem in outcome.problems} <= BAD[mode].kinds
        assert all(ABOUT[kind].title in sentence for sentence in said)
        if mode == "429 with Retry-After":
            assert outcome.facts["retry_after_seconds"] == 3600


def test_every_kind_of_source_has_a_sample() -> None:
    assert SAMPLES.keys() == ASKED.keys()


@pytest.mark.parametrize("kind", sorted(ABOUT))
def test_a_kind_says_what_people_need_to_know(kind: str) -> None:
    about = ABOUT[kind]
    assert about.kind == kind
    assert all((about.title, about.gives, about.risk))
    assert about.silent_after >= 2 * about.every
    assert all(about.needs.values())
