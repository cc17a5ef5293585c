"""An unattended drill's team: one thing every few minutes, through the same doors as people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.demo.hands import Say
from monitor.domain import statement
from monitor.domain.command import Command, Kind
from monitor.domain.incident import Incident, Lifecycle
from monitor.domain.playbook import StepState, StepStatus
from monitor.domain.statement import Statement, StatementOutcome
from monitor.drill.folder import Stage
from monitor.drill.score import loudest
from monitor.stations import obey
from monitor.stations.obey import RefusedError
from monitor.store import incidents, steps
from monitor.store.response_schema import OutboxRow

# Waking, finding the glasses, reading the message.
TO_ANSWER = timedelta(minutes=2)
BETWEEN = timedelta(minutes=3)
PUBLISHED_AT = "https://drill.example/statement"


class Team:
    """Answers and works through the playbook; what the house's roles do not allow is told."""

    def __init__(self, stage: Stage, say: Say) -> None:
        """`say` tells the audience what somebody does."""
        self._stage, self._app, self._say = stage, stage.app, say
        self._names = {one.id: one.name for one in stage.app.settings.people}
        self._ready = stage.clock()
        self._given_up: set[str] = set()
        self.refused: list[str] = []
        """What could not be done, in the words of the program."""

    def act(self) -> bool:
        """Do what is next if its time has come; whether anything was done."""
        now = self._stage.clock()
        at, action = self._todo()
        if action is None or at is None or at > now:
            return False
        self._ready = now + BETWEEN
        try:
            action()
        except RefusedError as error:
            self.refused.append(str(error))
        return True

    def next(self) -> datetime | None:
        """When the team acts next."""
        return self._todo()[0]

    def _todo(self) -> tuple[datetime | None, Callable[[], None] | None]:
        with self._app.database.reading() as session:
            row = loudest(session)
            incident = incidents.load(session, row.id) if row else None
            if incident is None or not incident.lifecycle.active:
                return None, None
            if incident.lifecycle is Lifecycle.OPEN:
                return self._answer(session, incident)
            return self._work(session, incident)

    def _answer(
        self, session: Session, incident: Incident
    ) -> tuple[datetime | None, Callable[[], None] | None]:
        """Whoever was called last takes it."""
        call = session.scalars(
            select(OutboxRow)
            .where(
                OutboxRow.incident_id == incident.id,
                OutboxRow.kind == "page",
                OutboxRow.status == "sent",
            )
            .order_by(OutboxRow.id.desc())
        ).first()
        if call is None:
            return None, None
        rung = max(call.created_at, incident.opened_at or call.created_at)
        at = max(rung + TO_ANSWER, self._ready)
        return at, lambda: self._ask(call.recipient, Kind.ACK, incident, "接手")

    def _work(
        self, session: Session, incident: Incident
    ) -> tuple[datetime | None, Callable[[], None] | None]:
        """The first open step that falls due within the drill."""
        ends = self._stage.story.ends
        for step in steps.of_incident(session, incident.id):
            due = step.status is StepStatus.OPEN and step.due_at <= ends
            if due and step.step_id not in self._given_up:
                return self._ready, lambda step=step: self._try(incident, step)
        return None, None

    def _try(self, incident: Incident, step: StepState) -> None:
        try:
            self._do(incident, step)
        except RefusedError as error:
            self._given_up.add(step.step_id)
            self.refused.append(f"「{step.title}」没做成：{error}")

    def _do(self, incident: Incident, step: StepState) -> None:
        holder = incident.acked_by or ""
        commander = self._who("commander") or holder
        speaker = self._who("spokesperson") or holder
        match step.step_id.partition("#")[0]:
            case "confirm-tier":
                self._ask(holder, Kind.CONFIRM_TIER, incident, "确认级别")
            case "roles":
                args = {"commander": commander, "spokesperson": speaker}
                self._ask(commander, Kind.ASSIGN, incident, "指定总指挥和发言人", **args)
            case "facts" | "draft":
                self._draft(incident, speaker)
            case "approve":
                self._approve(incident)
            case "publish":
                self._move(incident, speaker, _published(speaker))
                self._tell(speaker, "登记声明发布的网址")
            case _:
                obey.finish_step(self._app, incident.code, step.step_id, speaker, "演练：已做")
                self._tell(speaker, f"完成「{step.title}」")

    def _ask(self, who: str, kind: Kind, incident: Incident, said: str, **args: str) -> None:
        wish = Command(obey.new_id(), kind, who, self._stage.clock(), "演练", args)
        obey.command(self._app, incident.code, wish)
        self._tell(who, said)

    def _draft(self, incident: Incident, speaker: str) -> None:
        scenario = self._stage.scenario
        obey.draft_statement(self._app, incident.code, scenario.facts, scenario.statement, speaker)
        self._move(incident, speaker, lambda one, _incident, _now: statement.submit(one, speaker))
        self._tell(speaker, "写好事实和声明，提交审批")

    def _approve(self, incident: Incident) -> None:
        directory = {one.id: frozenset[str](one.roles) for one in self._app.settings.people}
        signers = [one for one in (self._who("medical"), self._who("legal")) if one]
        if len(set(signers)) < 2:  # noqa: PLR2004 - medical and legal
            raise RefusedError("people 里要有两位不同的人担任 medical（医务）和 legal（法务）")
        for signer in signers:

            def yes(
                one: Statement, _incident: Incident, now: datetime, signer: str = signer
            ) -> StatementOutcome:
                return statement.approve(one, signer, one.text_hash, directory, now)

            self._move(incident, signer, yes)
            self._tell(signer, "批准同一份文字")

    def _move(
        self,
        incident: Incident,
        who: str,
        change: Callable[[Statement, Incident, datetime], StatementOutcome],
    ) -> None:
        obey.move_statement(self._app, incident.code, change, actor=who)

    def _who(self, role: str) -> str | None:
        people = self._app.settings.people
        return next((one.id for one in people if role in one.roles), None)

    def _tell(self, who: str, text: str) -> None:
        self._say(f"{self._names.get(who, who)}：{text}")


def _published(speaker: str) -> Callable[[Statement, Incident, datetime], StatementOutcome]:
    def change(one: Statement, incident: Incident, now: datetime) -> StatementOutcome:
        return statement.publish(
            one,
            PUBLISHED_AT,
            speaker,
            now,
            commander=incident.commander,
            spokesperson=incident.spokesperson,
        )

    return change
