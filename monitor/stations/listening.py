"""Keeps the connections that bring answers in step with the configuration, one thread each."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from alerts.ears.ear import Ear
from monitor.app import App, Listening
from monitor.config_answers import AnswersConfig
from monitor.stations import mail_replies

log = logging.getLogger("fengsui")

MAIL = "回信邮箱"
Listen = Callable[[Ear], None]


def tend_listening(app: App, now: datetime) -> int:  # noqa: ARG001 - a step
    """Open what the configuration names and close what it no longer does; returns how many."""
    listening, wanted = app.listening, _wanted(app.listening, app.settings.answers)
    listening.app = app
    old = [name for name, (terms, _) in listening.ears.items() if _terms(wanted, name) != terms]
    for name in old:
        _, ear = listening.ears.pop(name)
        ear.close()
    fresh = wanted.keys() - listening.ears.keys()
    for name in fresh:
        terms, listen = wanted[name]
        listening.ears[name] = (terms, Ear(name, listen))
        log.info("「%s」开始等应答", name)
    return len(old) + len(fresh)


def _terms(wanted: dict[str, tuple[object, Listen]], name: str) -> object:
    return wanted[name][0] if name in wanted else None


def _wanted(listening: Listening, said: AnswersConfig) -> dict[str, tuple[object, Listen]]:
    def newest() -> App:
        if listening.app is None:
            raise RuntimeError("not ready")
        return listening.app

    wanted: dict[str, tuple[object, Listen]] = {}
    if said.mail is not None:
        wanted[MAIL] = (said.mail, partial(mail_replies.listen, newest, said.mail))
    return wanted
