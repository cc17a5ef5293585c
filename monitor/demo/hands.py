"""What people do in the story, through the same doors as the command line; refusals are kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from monitor.demo.stage import DemoError, Stage
from monitor.domain import statement
from monitor.domain.command import Command, Kind
from monitor.domain.incident import Incident
from monitor.domain.mention import SHANGHAI
from monitor.domain.statement import Statement, StatementOutcome
from monitor.stations import obey
from monitor.stations.obey import RefusedError

Say = Callable[[str], None]


class Hands:
    """Acts for the people; every refusal that the story expects must really come."""

    def __init__(self, stage: Stage, say: Say, chapter: Say) -> None:
        """`say` tells the audience what somebody does, `chapter` what comes now."""
        self.stage, self.app = stage, stage.app
        self._say, self.chapter = say, chapter
        self.refused: dict[str, str] = {}
        """Expected refusals by name, in the words of the program."""
        self._names = {person.id: person.name for person in stage.app.settings.people}

    @property
    def now(self) -> datetime:
        """The present instant of the demo."""
        return self.stage.clock()

    def at(self, hour: int, minute: int) -> datetime:
        """A time of day of the story."""
        day = self.stage.story.begins.astimezone(SHANGHAI)
        return day.replace(hour=0, minute=0) + timedelta(hours=hour, minutes=minute)

    def say(self, text: str) -> None:
        """Tell the audience something that nobody does."""
        self._say(text)

    def ask(
        self, who: str, kind: Kind, code: str, said: str, reason: str = "", **args: str
    ) -> None:
        """Ask something of an incident; raises DemoError when it is refused."""
        wish = Command(obey.new_id(), kind, who, self.now, reason, args)
        try:
            obey.command(self.app, code, wish)
        except RefusedError as error:
            raise DemoError(f"{self._names[who]}{said or kind.value}被拒绝：{error}") from error
        if said:
            self._tell(who, said)

    def step(self, who: str, code: str, step: str, note: str) -> None:
        """Tick a playbook step off."""
        obey.finish_step(self.app, code, step, who, note)
        title = next(one.title for one in self.app.playbook.steps if one.id == step)
        self._tell(who, f"完成步骤「{title}」：{note}")

    def draft(self, who: str, code: str, facts: tuple[str, ...], text: str) -> None:
        """Draft the statement."""
        obey.draft_statement(self.app, code, facts, text, who)
        self._tell(who, f"列出 {len(facts)} 条事实，起草声明（{len(text)} 字）")

    def submit(self, who: str, code: str) -> None:
        """Submit the statement for approval."""
        self._move(code, lambda one, _incident, _now: statement.submit(one, who))
        self._tell(who, "提交审批")

    def approve(self, who: str, code: str) -> None:
        """Approve the statement."""
        outcome = self._approve(who, code)
        self._tell(who, outcome.note or "批准同一份文字，审批完成")

    def approve_twice(self, who: str, code: str) -> None:
        """Try to approve a second time, which must be refused."""
        self._must_fail("approve_twice", who, "想再批一次", lambda: self._approve(who, code))

    def publish(self, who: str, code: str, text: str) -> None:
        """Publish on the hospital's page and record the address."""
        url = self.stage.site.publish(text)
        self._move(
            code,
            lambda one, incident, now: statement.publish(
                one,
                url,
                who,
                now,
                commander=incident.commander,
                spokesperson=incident.spokesperson,
            ),
        )
        self._tell(who, f"发布声明并登记网址 {url}")

    def lower_too_early(self, who: str, code: str) -> None:
        """Try to lower RED before the statement is out, which must be refused."""
        wish = Command(obey.new_id(), Kind.LOWER, who, self.now, "声量在降", {"tier": "orange"})
        self._must_fail(
            "lower_too_early",
            who,
            "想把红色降为橙色",
            lambda: obey.command(self.app, code, wish),
        )

    def _approve(self, who: str, code: str) -> StatementOutcome:
        directory = {one.id: frozenset[str](one.roles) for one in self.app.settings.people}
        return self._move(
            code, lambda one, _, now: statement.approve(one, who, one.text_hash, directory, now)
        )

    def _move(
        self, code: str, change: Callable[[Statement, Incident, datetime], StatementOutcome]
    ) -> StatementOutcome:
        return obey.move_statement(self.app, code, change)

    def _must_fail(self, name: str, who: str, said: str, action: Callable[[], object]) -> None:
        try:
            action()
        except RefusedError as error:
            self.refused[name] = str(error)
            self._tell(who, f"{said} → 被拒绝：{error}")

    def _tell(self, who: str, text: str) -> None:
        self._say(f"{self._names[who]}：{text}")
