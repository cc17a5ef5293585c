"""The page itself: harmless whatever the texts say, complete in one file, plain when empty."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
import reports_sample as sample

from monitor.reports import html
from monitor.reports.gather import gather
from monitor.reports.week import parse_week
from monitor.reports.weekly import WeeklyReport, build
from monitor.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

WEEK = parse_week("2026-W47")
VOID = {"meta", "br"}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    database = Database(f"sqlite:///{tmp_path / 'report.db'}", durable=False)
    database.upgrade()
    with database.transaction() as opened:
        yield opened
    database.close()


def _report(session: Session, *brands: str) -> WeeklyReport:
    session.flush()
    data = gather(session, WEEK, sample.AFTER, brands or (sample.BRAND,), {})
    return build(data, WEEK, sample.AFTER)


class _Page(HTMLParser):
    """Tags, attributes and text of a page; every opened tag must be closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_one_file_without_script_or_anything_from_outside(session: Session) -> None:
    sample.realistic_week(session)

    page = html.render(_report(session))
    parsed = _Page(page)

    assert parsed.open == []
    assert {tag for tag, _ in parsed.tags} & {"script", "link", "img", "iframe", "object"} == set()
    for tag, attributes in parsed.tags:
        assert not any(name.startswith("on") or name == "src" for name in attributes)
        if "href" in attributes:
            assert tag == "a"
            assert attributes["href"].startswith("https://bbs.example.cn/t/")
    assert "url(" not in page
    assert "@import" not in page
    assert sum(tag == "svg" for tag, _ in parsed.tags) == 6


def test_hostile_words_stay_words_wherever_they_come_from(session: Session) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
    of = sample.topic(session, evil, sample.at(18, 9), brand=evil)
    sample.mention(
        session,
        sample.at(18, 9),
        brand=evil,
        text=evil,
        platform=evil,
        source=evil,
        url="javascript:alert(1)",
        topic_id=of.id,
        risk=evil,
    )
    number = sample.incident(session, of, evil, sample.at(18, 9), sample.at(18, 9), "open")
    sample.trail(session, number, (sample.at(18, 9), "open", 2, "open", evil))
    sample.source(session, evil, sample.MONDAY - timedelta(days=1))
    sample.crawl(session, evil, sample.at(18, 9), "failed", 0)
    sample.reject(session, sample.at(18, 9), evil, of=evil)
    sample.step(session, number, evil, sample.at(18, 10))

    page = html.render(_report(session), banner=evil)
    parsed = _Page(page)

    assert parsed.open == []
    assert {tag for tag, _ in parsed.tags} & {"script", "img", "a"} == set()
    assert not any(name.startswith("on") for _, attrs in parsed.tags for name in attrs)
    assert "javascript:" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.example", ""]
)
def test_only_web_addresses_become_links(session: Session, url: str) -> None:
    sample.mention(session, sample.at(18, 9), url=url)

    assert all(tag != "a" for tag, _ in _Page(html.render(_report(session))).tags)


def test_an_empty_week_says_so_and_warns_that_silence_is_no_proof(session: Session) -> None:
    page = html.render(_report(session))

    assert "这一周没有收到任何提及，也没有事件。" in page
    assert "没有提及不等于没有舆情" in page
    assert "<svg" not in page
    assert _Page(page).open == []


def test_a_week_without_any_brand_is_a_page_too(session: Session) -> None:
    data = gather(session, WEEK, sample.AFTER, (), {})

    assert "没有配置品牌" in html.render(build(data, WEEK, sample.AFTER))


def test_too_few_mentions_are_shown_without_a_share(session: Session) -> None:
    for number in range(9):
        sample.mention(session, sample.at(17, number), negative=number < 3)

    page = html.render(_report(session))

    assert "<b>3 / 9</b>" in page
    assert "样本太少，不作结论" in page
    assert "33.3%" not in page


def test_a_difference_that_may_be_chance_is_not_concluded_from(session: Session) -> None:
    for number in range(20):
        sample.mention(session, sample.at(17, number), negative=number < 6)
        sample.mention(session, sample.at(10, number), negative=number < 4)

    assert "不能下结论" in html.render(_report(session))


def test_two_hundred_ids_are_listed_and_the_exact_count_is_named(session: Session) -> None:
    for number in range(203):
        sample.mention(session, sample.at(17, number % 24))

    page = html.render(_report(session))

    lists = re.findall(r'<p class="ids">(.*?)</p>', page, re.DOTALL)
    assert max(len(re.findall(r"\d+(?=,|<| …)", one)) for one in lists) == 200
    assert "只列前 200 个，共 203 个" in page


def test_every_number_on_a_card_stands_beside_its_ids(session: Session) -> None:
    sample.realistic_week(session)

    page = html.render(_report(session))

    cards = re.findall(r'<div class="card">(.*?)</div>', page, re.DOTALL)
    assert len(cards) > 10
    for card in cards:
        counted = re.search(r"<b>(\d+)</b>", card)
        if counted and counted[1] != "0":
            assert f"凭据（{counted[1]}）" in card


def test_two_brands_get_a_section_each_and_one_over_all(session: Session) -> None:
    sample.mention(session, sample.at(17, 9))

    one = html.render(_report(session))
    two = html.render(_report(session, sample.BRAND, "清河口腔"))

    assert "<h2>全部品牌</h2>" not in one
    assert "<h2>全部品牌</h2>" in two
    assert "清河口腔：本周没有提及。" in two


def test_a_drill_is_marked_at_the_top_and_a_real_week_is_not(session: Session) -> None:
    report = _report(session)

    assert '<div class="banner">【演练】' in html.render(report, banner="演练")
    assert "banner" not in html.render(report).split("<body>")[1]


def test_the_file_is_replaced_whole_or_left_as_it_was(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = _report(session)
    path = html.write(report, tmp_path / "out")
    before = path.read_text(encoding="utf-8")
    monkeypatch.setattr("os.fsync", _full)

    with pytest.raises(OSError, match="full"):
        html.write(report, tmp_path / "out", banner="演练")

    assert path.name == "weekly-2026-W47.html"
    assert path.read_text(encoding="utf-8") == before
    assert list((tmp_path / "out").iterdir()) == [path]


def test_a_reader_of_the_old_file_keeps_it_whole(session: Session, tmp_path: Path) -> None:
    path = html.write(_report(session), tmp_path)
    before = path.read_text(encoding="utf-8")

    with path.open(encoding="utf-8") as reader:
        html.write(_report(session), tmp_path, banner="演练")

        assert reader.read() == before
    assert "【演练】" in path.read_text(encoding="utf-8")


def _full(_descriptor: int) -> None:
    raise OSError("disk full")
