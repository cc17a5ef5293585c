"""Runs one source in a child process and turns whatever happens into an outcome; never raises."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from crawlers import cursor as memory
from crawlers.importers.record import parse_item
from crawlers.items import Item, ItemError
from crawlers.parsing import shown
from crawlers.protocol import (
    CrawlOutcome,
    CrawlRequest,
    CrawlStatus,
    Facts,
    Mark,
    Problem,
    request_to_json,
)
from crawlers.recurring import Lines, without_recurring
from crawlers.system_errors import reason

__all__ = ["CrawlOutcome", "CrawlRequest", "Problem", "crawl"]

MEMORY_ENDS = {77, -signal.SIGABRT}  # crawlers.limits; Python aborts when even that fails
PASSED_ON = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
PASSED_PREFIXES = ("LC_", "PYTHON", "SSL_CERT_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")

log = logging.getLogger(__name__)


@dataclass
class Heard:
    """What the child said before it ended, in the order it said it."""

    items: list[Item] = field(default_factory=list)
    marks: dict[str, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    feed: dict[str, Any] | None = None
    trying: str | None = None
    articles: int = 0
    not_modified: bool = False
    facts: dict[str, int] | None = None
    queries: dict[str, memory.QueryMark] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    page: str = ""
    looks: dict[str, bool | None] = field(default_factory=dict)
    """Posts looked at again, and whether each is gone; None where that could not be told."""


def crawl(request: CrawlRequest) -> CrawlOutcome:
    """Read the feed once and return what came of it; blocks until the deadline at most."""
    return outcome_of(request, *_run_child(request))


def outcome_of(request: CrawlRequest, output: bytes, death: Problem | None) -> CrawlOutcome:
    """Return what a child's words, and the way it ended, amount to."""
    heard = _listen(output, request)
    if death is not None:
        heard.problems.insert(0, death)
    status = _status(heard, death)
    heard.items, lines = without_recurring(
        heard.items, memory.load(request.cursor, request.url).lines, request.queries
    )
    if status == "failed" and not heard.problems:
        heard.problems.append(
            _problem(request, "crashed", "抓取程序没有读到订阅源就退出了，下次再试")
        )
    return CrawlOutcome(
        status=status,
        items=heard.items,
        cursor=_next_cursor(request, heard, status, lines),
        problems=_merged(heard.problems),
        facts=_facts(heard),
        looked=[post for post, gone in heard.looks.items() if gone is False],
        gone=[post for post, gone in heard.looks.items() if gone],
        unclear=[post for post, gone in heard.looks.items() if gone is None],
    )


def _run_child(request: CrawlRequest) -> tuple[bytes, Problem | None]:
    try:
        child = subprocess.Popen(  # noqa: S603 (our own module, no shell)
            [sys.executable, "-P", "-m", "crawlers.child", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            start_new_session=True,
        )
    except OSError as error:
        return b"", _problem(request, "crashed", f"抓取程序启动不了（{reason(error)}）")
    with child:
        return _converse(child, request)


def _converse(
    child: subprocess.Popen[bytes], request: CrawlRequest
) -> tuple[bytes, Problem | None]:
    try:
        output, errors = child.communicate(
            request_to_json(request).encode(), timeout=request.deadline_seconds
        )
    except subprocess.TimeoutExpired:
        _kill(child)
        output, errors = child.communicate()
        if b"MemoryError" in errors:
            return output, _death(child.returncode, errors, request)
        seconds = f"{request.deadline_seconds:g}"
        return output, _problem(request, "deadline", f"抓取超过 {seconds} 秒的时限，已停止")
    except BaseException:
        _kill(child)
        raise
    return output, _death(child.returncode, errors, request)


def _kill(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def _death(code: int, errors: bytes, request: CrawlRequest) -> Problem | None:
    if code == 0:
        return None
    last = _without_secrets(errors, request).strip().rsplit("\n", 1)[-1][:300]
    log.warning("crawl child of %s ended with %s: %s", request.source, code, last)
    if code in MEMORY_ENDS or b"MemoryError" in errors:
        sentence = (
            f"抓取用的内存超过 {request.memory_mb} MB 的上限，已停止。请调高上限或停用这个来源"
        )
        return _problem(request, "memory", sentence)
    how = f"被信号 {-code} 终止" if code < 0 else f"退出码 {code}"
    return _problem(request, "crashed", f"抓取程序中途退出（{how}），已保留读到的内容，下次再试")


def _without_secrets(errors: bytes, request: CrawlRequest) -> str:
    said = errors.decode("utf-8", "replace")
    for secret in filter(None, request.secrets.values()):
        said = said.replace(secret, "***")
    return said


def _problem(request: CrawlRequest, kind: str, sentence: str) -> Problem:
    return Problem(kind, request.url, f"{sentence}：{shown(request.url)}")


def _environment() -> dict[str, str]:
    """Keep the secrets of the channels away from the process that reads hostile pages."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in PASSED_ON or name.upper().startswith(PASSED_PREFIXES)
    }


def _listen(output: bytes, request: CrawlRequest) -> Heard:
    heard = Heard()
    for line in output.split(b"\n")[:-1]:  # what follows the last line feed was cut off
        with suppress(ValueError, KeyError, ItemError):
            _hear(heard, json.loads(line), request)
    return heard


def _hear(heard: Heard, event: dict[str, Any], request: CrawlRequest) -> None:
    match event["event"]:
        case "item":
            heard.items.append(parse_item(event["record"], request.now))
            _settle(heard, event)
        case "mark":
            _settle(heard, event)
        case "problem":
            heard.problems.append(Problem(event["kind"], event["url"], event["message_zh"]))
        case "feed":
            heard.feed = event
        case "trying":
            heard.trying = event["key"]
            heard.articles += 1
        case "not_modified":
            heard.not_modified = True
        case "end":
            heard.facts = event["facts"]
        case _:
            _hear_evidence(heard, event)


def _hear_evidence(heard: Heard, event: dict[str, Any]) -> None:
    match event["event"]:
        case "answer":
            _count_answer(heard, event)
        case "canary":
            heard.answers["canary"] = event["rows"]
        case "look":
            heard.looks[event["post"]] = event["gone"]
        case "query":
            _hear_query(heard, event)


def _count_answer(heard: Heard, event: dict[str, Any]) -> None:
    heard.answers.update(answers=1, rows=event["rows"], parsed=event["parsed"])
    heard.answers["shape_bad"] += not event["shape"]
    heard.page = event["page"] or heard.page


def _hear_query(heard: Heard, event: dict[str, Any]) -> None:
    high = datetime.fromisoformat(event["high"]) if event["high"] else None
    read_at = datetime.fromisoformat(event["read_at"])
    heard.queries[event["query"]] = memory.QueryMark(high, read_at)


def _settle(heard: Heard, event: dict[str, Any]) -> None:
    content, counters, tries = event["mark"]
    heard.marks[event["key"]] = (content, counters, tries)
    if heard.trying == event["key"]:
        heard.trying = None


def _status(heard: Heard, death: Problem | None) -> CrawlStatus:
    if heard.not_modified:
        return "not_modified"
    if heard.feed is None:
        return "failed"
    if death is None and heard.facts is not None:
        return "ok" if heard.feed["entries"] else "empty"
    return "ok" if death and death.kind == "deadline" and heard.items else "failed"


def _next_cursor(
    request: CrawlRequest, heard: Heard, status: CrawlStatus, lines: Lines
) -> dict[str, Any]:
    """Advance by what was really handed over; quote the feed's validators only when all was.

    An empty page advances nothing, and a query's mark moves only when no gap lies behind it.
    """
    nothing = status == "not_modified" or (status == "empty" and not heard.queries)
    if heard.feed is None or nothing:
        return dict(request.cursor)
    cursor = memory.load(request.cursor, request.url)
    for query, mark in heard.queries.items():
        before = cursor.queries.get(query, memory.QueryMark())
        cursor.queries[query] = replace(mark, high=mark.high or before.high)
    for key, seen in heard.marks.items():
        cursor.marks.pop(key, None)
        cursor.marks[key] = seen
    if heard.trying is not None:
        cursor.marks[heard.trying] = ("", "", 1)
    cursor.lines = lines
    whole = heard.facts is not None and heard.feed["complete"]
    cursor.etag = heard.feed["etag"] if whole else ""
    cursor.modified = heard.feed["modified"] if whole else ""
    return memory.dump(cursor)


def _merged(problems: list[Problem]) -> list[Problem]:
    """Return one problem a kind: a site that is down says the same of every article."""
    counts = Counter(problem.kind for problem in problems)
    firsts = {problem.kind: problem for problem in reversed(problems)}
    return [_counted(firsts[kind], count) for kind, count in counts.items()]


def _counted(problem: Problem, count: int) -> Problem:
    if count == 1:
        return problem
    return replace(problem, message_zh=f"{problem.message_zh}（同类问题共 {count} 处）")


def _facts(heard: Heard) -> Facts:
    page: Facts = {"page": heard.page} if heard.page else {}
    return {
        **(heard.facts or {}),
        **heard.answers,
        **page,
        "entries": heard.feed["entries"] if heard.feed else 0,
        "items": len(heard.items),
        "articles": heard.articles,
    }
