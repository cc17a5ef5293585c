"""Runs the sources that wait for what others bring: in this process, since nothing is crawled."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from crawlers.protocol import CrawlOutcome, CrawlRequest
from crawlers.receivers.intake import failed, outcome, read_calls
from crawlers.receivers.kinds import (
    CALLS_FOLDER,
    CALLS_HOOK,
    STAFF_FOLDER,
    STAFF_MAIL,
    listen_address,
)
from crawlers.receivers.letters import read_drop, read_mailbox
from monitor.app import App

Read = Callable[[App, CrawlRequest], CrawlOutcome]
KNOCK = 2.0  # seconds; the receiver is on this machine or beside it


def receive(app: App, request: CrawlRequest) -> CrawlOutcome:
    """Read what has come; an error of the outside world is a failed outcome."""
    return _READERS[request.kind](app, request)


def look(app: App, request: CrawlRequest) -> CrawlOutcome:
    """Like `receive`, for a look from another process than the daemon's."""
    return _knock(request) if request.kind == CALLS_HOOK.kind else receive(app, request)


def tidy(request: CrawlRequest, done: CrawlOutcome) -> None:
    """Remove the files that are kept now, where the configuration says so."""
    if request.kind == CALLS_FOLDER.kind and request.options.get("after") == "delete":
        folder = Path(str(request.options["folder"]))
        for name in done.looked:
            (folder / name).unlink(missing_ok=True)


def _folder(_app: App, request: CrawlRequest) -> CrawlOutcome:
    return read_calls(request)


def _hook(app: App, request: CrawlRequest) -> CrawlOutcome:
    """Whether it listens; deliveries come by themselves and leave their own records."""
    trouble = app.hooks.troubles.get(request.source)
    if trouble:
        return failed(request, "listen", trouble)
    if request.source not in app.hooks.running:
        return failed(request, "listen", "还没有开始接收；守护进程下一轮会打开它")
    return outcome([], {}, [])


def _knock(request: CrawlRequest) -> CrawlOutcome:
    host, port = listen_address(str(request.options.get("listen", "")))
    try:
        socket.create_connection((host, port), KNOCK).close()
    except OSError:
        where = f"{host}:{port}"
        return failed(request, "listen", f"没有程序在 {where} 上接收：运行 fengsui run 以后再看")
    return outcome([], {}, [])


def _allowed(app: App, request: CrawlRequest) -> CrawlRequest:
    """Whoever of the people has a mail address may report, and whom the source names."""
    people = [one.mail for one in app.settings.people if one.mail]
    allow = [*people, *request.options.get("allow", ())]
    return replace(request, options={**request.options, "allow": allow})


def _mailbox(app: App, request: CrawlRequest) -> CrawlOutcome:
    return read_mailbox(_allowed(app, request))


def _drop(app: App, request: CrawlRequest) -> CrawlOutcome:
    return read_drop(_allowed(app, request))


_READERS: dict[str, Read] = {
    CALLS_FOLDER.kind: _folder,
    CALLS_HOOK.kind: _hook,
    STAFF_FOLDER.kind: _drop,
    STAFF_MAIL.kind: _mailbox,
}
