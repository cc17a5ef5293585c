"""The way of one mention, step by step; every step is a query for what is due, so any may repeat.

1. collect   listen for deliveries and answers, run the sources that are due; items come in
             cleaned, masked, matched, recognised
2. judge     predict new mentions, find claims, group them into topics; read what customers
             told us in private, which gets a class and never a topic of its own
3. decide    metrics into tiers; incident, transition, messages and steps in one transaction
4. tend      unanswered calls go to the next person, leases lapse, late steps remind; the
             leadership is briefed while a RED lasts
5. deliver   send what the outbox holds and judge the answers
6. rescore   while no new mention waits, a changed model reads again what the former one read
7. watch     a source that has gone blind raises an alert of its own; once a day, upkeep;
             captures that wait for a time stamp ask for it; a trial that is over reminds its owner
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from monitor.app import App
from monitor.evidence.stamping import stamp_due
from monitor.stations.answer_links import tend_answers
from monitor.stations.calls_sign import set_beside
from monitor.stations.collect import collect
from monitor.stations.deliver import deliver
from monitor.stations.due import decide_due
from monitor.stations.hand_over import begin_handovers
from monitor.stations.hooks import tend_hooks
from monitor.stations.judge import judge
from monitor.stations.leaders import brief_leaders
from monitor.stations.listening import tend_listening
from monitor.stations.private_judge import judge_private
from monitor.stations.rescore import rescore
from monitor.stations.rota_watch import watch_rota
from monitor.stations.source_watch import watch_sources
from monitor.stations.tend import tend
from monitor.stations.trial import remind
from monitor.stations.upkeep import upkeep

Step = Callable[[App, datetime], int]
"""One station's work at an instant; returns how much there was to do."""

COLLECTING: tuple[Step, ...] = (
    tend_hooks,
    tend_answers,
    tend_listening,
    collect,
    watch_sources,
    upkeep,
    stamp_due,
    remind,
    watch_rota,
)
JUDGING: tuple[Step, ...] = (
    judge,
    judge_private,
    set_beside,
    decide_due,
    rescore,
)
CALLING: tuple[Step, ...] = (
    tend,
    begin_handovers,
    brief_leaders,
)
DECIDING: tuple[Step, ...] = (*JUDGING, *CALLING)
DELIVERING: tuple[Step, ...] = (deliver,)


def tick(app: App, steps: tuple[Step, ...], now: datetime) -> int:
    """Run these steps once, all at the same instant."""
    return sum(step(app, now) for step in steps)


def settle(app: App, now: datetime) -> None:
    """Judge and decide until nothing new is left at this instant."""
    while judge(app, now):
        pass
    decide_due(app, now)
