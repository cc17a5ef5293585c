"""Runs a drill: posts come in, calls go out, the clock runs fast, people answer or a team plays.

Nothing of it needs a daemon: the same stations work one after the other, at the drill's instant.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic, sleep

from rich.console import Console

from monitor.demo import scene
from monitor.demo.gateway import Gateway
from monitor.demo.narrator import Narrator
from monitor.domain.drill_score import Score
from monitor.drill.folder import BANNER, Stage
from monitor.drill.score import loudest, read_score
from monitor.drill.team import Team
from monitor.pipeline import CALLING, DELIVERING, JUDGING, tick
from monitor.store import steps

LOOK = 0.25  # seconds between two looks; at ten times the speed that is 2.5 of the drill's
ROUNDS = 50  # of one instant: more would be a loop of our own making
STATIONS = (*JUDGING, *CALLING, *DELIVERING)
LAST_STEP = "exit-gate"  # what comes after the four hours cannot be practised in one sitting


class Play:
    """One drill on its way; `step` takes it to its next instant."""

    def __init__(self, console: Console, stage: Stage, *, auto: bool, speed: float) -> None:
        """`auto` plays the team as well; `speed` is the drill's seconds in one of ours."""
        self._stage, self._speed = stage, speed
        self._narrator = Narrator(console, stage)
        self._gateway = Gateway(stage)
        say = self._narrator.say
        self.team = Team(stage, lambda text: say(text, "green")) if auto else None
        self._narrator.chapter(f"{BANNER}{stage.scenario.title}")

    def run(self, stop: Callable[[], bool] = lambda: False) -> Score:
        """Play until the last step is done or the time is over; the score at the end."""
        while not self._over() and not stop():
            self._work()
            if self.team and self.team.act():
                continue
            if not self._move_on():
                break
        self._work()
        return read_score(self._stage.app)

    def _work(self) -> None:
        """Everything that is due at this instant."""
        now = self._stage.clock()
        while self._gateway.hand_over(now) is not None:
            pass
        for _ in range(ROUNDS):
            if not tick(self._stage.app, STATIONS, now):
                break
        self._narrator.tell()

    def _move_on(self) -> bool:
        """Let time pass; False when nothing more can come."""
        if self.team is None:
            begun = monotonic()
            sleep(LOOK)
            passed = (monotonic() - begun) * self._speed
            self._stage.clock.jump(self._stage.clock() + timedelta(seconds=passed))
            return True
        coming = self._coming()
        if coming is None:
            return False
        self._stage.clock.jump(coming)
        return True

    def _coming(self) -> datetime | None:
        """The next instant at which anything happens, while the team has work or posts come."""
        team = self.team.next() if self.team else None
        if team is None and self._gateway.next() is None and self._is_answered():
            return None
        found = (scene.next_instant(self._stage.app), self._gateway.next(), team)
        now = self._stage.clock()
        coming = min((one for one in found if one is not None and one > now), default=None)
        return coming if coming is not None and coming <= self._stage.story.ends else None

    def _is_answered(self) -> bool:
        with self._stage.app.database.reading() as session:
            row = loudest(session)
        return row is None or row.lifecycle not in ("open", "candidate")

    def _over(self) -> bool:
        """Whether the four hours are through, or the incident or the scenario's time has ended."""
        if self._stage.clock() >= self._stage.story.ends:
            return True
        with self._stage.app.database.reading() as session:
            row = loudest(session)
            if row is None:
                return False
            if row.lifecycle in ("resolved", "closed", "dismissed"):
                return True
            found = steps.of_incident(session, row.id)
        return any(one.step_id == LAST_STEP and one.done_at is not None for one in found)
