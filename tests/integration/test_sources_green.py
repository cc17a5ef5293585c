"""Every kind of source on a site of its own that answers well: all rows of the list are green."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import cli_world
import pytest
import yaml
from connector_samples import SAMPLES
from crawl_service import CrawlService
from crawl_site import NOW, Page, Site

from crawlers.connectors.base import Grade
from crawlers.connectors.registry import ABOUT
from crawlers.protocol import CrawlOutcome, CrawlRequest
from monitor.stations.collect import collect

# Calls are handed to us and not asked for; tests/integration/test_calls.py has those kinds.
ASKED = sorted(kind for kind, about in ABOUT.items() if not about.waits)
APPROVED = {"legal_approver": "赵某", "purpose": "舆情应急监测", "expires": "2027-12-31"}


@pytest.fixture
def sites() -> Iterator[dict[str, Site]]:
    with ExitStack() as stack:
        yield {kind: stack.enter_context(a_site(kind)) for kind in ASKED}


def a_site(kind: str) -> Site:
    sample, site = SAMPLES[kind], Site()
    headers = {"Content-Type": sample.content_type}
    answers = iter([sample.ok])
    site.pages["/robots.txt"] = Page(b"", 404)
    site.pages |= {path: Page(body, headers=headers) for path, body in sample.pages.items()}
    site.otherwise = lambda _: Page(next(answers, sample.empty), headers=headers)
    return site


def config_of(kind: str, site: Site) -> dict[str, object]:
    about, sample = ABOUT[kind], SAMPLES[kind]
    options = {name: list(v) if isinstance(v, list) else v for name, v in sample.options.items()}
    session = {"authorisation": APPROVED, "enabled": True}
    return {
        "name": about.title,
        "kind": kind,
        "url": site.url,
        "articles": False,
        **({"query": list(sample.queries)} if sample.queries else {}),
        "credentials": {name: f"${{{name.upper()}}}" for name in sample.secrets},
        **({"options": options} if options else {}),
        **(session if about.grade is Grade.SESSION else {}),
    }  # fmt: skip


def test_every_kind_has_a_green_row(
    sites: dict[str, Site],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    house = cli_world.build(tmp_path, monkeypatch, capsys)
    house.now = NOW
    for sample in SAMPLES.values():
        for name, value in sample.secrets.items():
            monkeypatch.setenv(name.upper(), value)
    written = {"sources": [config_of(kind, site) for kind, site in sites.items()]}
    with house.config.open("a", encoding="utf-8") as file:
        yaml.safe_dump(written, file, allow_unicode=True)

    with CrawlService() as service:

        def crawl(request: CrawlRequest) -> CrawlOutcome:
            return service(replace(request, delay_seconds=0, deadline_seconds=20))

        app = house.app()
        app.crawl = crawl
        assert collect(app, house.now) == len(ASKED)
        app.database.close()

    rows = house.run("sources", "list", "--json").json()
    table = house.run("sources", "list").out
    assert {row["kind"]: (row["status"], row["problem"]) for row in rows} == dict.fromkeys(
        ASKED, ("ok", "")
    )
    assert table.count("正常") >= len(ASKED)
