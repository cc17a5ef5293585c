"""好大夫在线: the review pages of one's own doctors (T2, under robots.txt, once a day).

`GET /doctor/ID/pingjia-fuwu.html?page=N`: a page of HTML with one element of class `patient-eva` a
review; its title names doctor and hospital. What stands inside an element is nowhere documented, so
its visible lines are taken as they are; lines about the patient are left out. Patients' words may
hold health data: only own doctors, no names, and text is masked before it is stored. No script of
the site is imitated, and its firewall's page ends the run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from lxml import etree

from crawlers.connectors.base import (
    About,
    Answer,
    Ask,
    Grade,
    Option,
    Reach,
    Reading,
    Task,
    WrongShapeError,
)
from crawlers.connectors.shape import Record, address
from crawlers.connectors.tokens import follow
from crawlers.cursor import digest
from crawlers.dates import read_when
from crawlers.gates import gate
from crawlers.parsing import html_to_text, tidy

REVIEW = "//*[contains(concat(' ', normalize-space(@class), ' '), ' patient-eva ')]"
ADDRESS_OF_ONE = re.compile(r"/(?:bingcheng|pingjia|jingyan)/(\d{4,})")
DATE = re.compile(r"(?:19|20)\d\d[-./年]\d{1,2}[-./月]\d{1,2}日?(?:\s+\d{1,2}:\d\d)?")
LABEL = re.compile(r"^(?:评价|发表|就诊)?(?:时间|日期|于)[：:]?\s*")
ABOUT_PATIENT = re.compile(r"^(?:患者|昵称|来自|性别|年龄|IP)")
NO_REVIEWS = re.compile(r"(?:暂无|还没有|暂时没有|没有找到).{0,12}(?:评价|经验|数据|内容)")
SITE = re.compile(r"\s*[-_|—–]+\s*好大夫(?:在线)?.*$", re.DOTALL)


class Haodf:
    """Each doctor's reviews, the newest pages."""

    about = About(
        kind="haodf",
        title="好大夫在线评价",
        grade=Grade.OPEN,
        platform="haodf",
        address="https://www.haodf.com",
        gives="自己医生的评价页：患者写的评价和日期，标题里有医生和医院；不留患者信息",
        risk="robots.txt 或防火墙可能不许读；网站改版会读不出；标题里没有品牌名的不收",
        options={
            "doctor": Option(
                "写自己医生的编号，即网址 /doctor/ 后面的数字", required=True, many=True
            )
        },
        every=timedelta(days=1),
        silent_after=timedelta(days=3),
        quiet=True,
        delay_seconds=5,  # a few pages a day: no reason to hurry
        max_pages=3,
        reach=Reach("往前翻评价页，翻到要的日期为止"),
    )

    def first(self, task: Task) -> Ask:
        """Ask for the first doctor's page."""
        return _page(task, task.words("doctor")[0], 1)

    def read(self, answer: Answer, task: Task) -> Reading:
        """Read a page of reviews; the first doctor's also leads to the others'."""
        if gate(answer.status, answer.url, answer.text):
            return Reading([], 0)  # the walk says which gate it is
        doctor, page = str(answer.ask.state["doctor"]), answer.ask.page
        records, total = _reviews(answer, task)
        if not total and page == 1 and not NO_REVIEWS.search(answer.text):
            raise WrongShapeError("的页面里没有找到评价")
        asks = [*_others(task)] if page == 1 and doctor == task.words("doctor")[0] else []
        asks += [_page(task, doctor, page + 1)] if total else []
        return Reading(records, total, tuple(asks))


def _page(task: Task, doctor: str, page: int) -> Ask:
    url = address(task.base, f"/doctor/{doctor}/pingjia-fuwu.html", page=page)
    return Ask(url, page=page, state={"doctor": doctor})


def _others(task: Task) -> Iterator[Ask]:
    for doctor in dict.fromkeys(task.words("doctor")[1:]):
        yield follow(_page(task, doctor, 1), task, f"haodf:{doctor}")


def _reviews(answer: Answer, task: Task) -> tuple[list[Record], int]:
    """Return the reviews that can be read, and how many the page holds."""
    from crawlers.bodies import parse_page  # noqa: PLC0415 (slow to load)

    tree = parse_page(answer.text) if "<" in answer.text else None
    if tree is None:
        raise WrongShapeError("返回的不是网页")
    nodes, title = tree.xpath(REVIEW), SITE.sub("", tidy(tree.findtext(".//title") or ""))
    records = [one for node in nodes if (one := _record(node, title, answer.ask, task))]
    if nodes and not records:
        raise WrongShapeError(f"的页面有 {len(nodes)} 条评价，一条也读不懂")
    return records, len(nodes)


def _record(node: etree._Element, title: str, ask: Ask, task: Task) -> Record | None:
    markup = etree.tostring(node, encoding="unicode", method="html", with_tail=False)
    lines = [one for one in html_to_text(markup).split("\n") if not ABOUT_PATIENT.match(one)]
    text = "\n".join(one for one in lines if not DATE.fullmatch(LABEL.sub("", one)))
    if not text:
        return None
    place = ADDRESS_OF_ONE.search(markup)
    return {
        "id": f"{ask.state['doctor']}:{place[1] if place else digest(text)}",
        "title": title,
        "text": text,
        "url": ask.url,
        **_published(DATE.search("\n".join(lines)), task),
    }


def _published(said: re.Match[str] | None, task: Task) -> Record:
    when = read_when(said[0], task.now) if said else None
    if when is None:
        return {"raw": {"kind": "review"}}
    precision = {"published_precision": "day"} if when.day_only else {}
    return {"published_at": when.at.isoformat(), "raw": {"kind": "review", **precision}}
