"""The one door for what people ask of an incident: every kind of command and who does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.domain import (
    call_answers,
    public_commands,
    restricting,
    tier_commands,
    work_commands,
)
from monitor.domain.command_type import Command, Kind, no
from monitor.domain.incident import Incident, Outcome

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Command", "Kind", "apply"]

_HANDLERS: dict[Kind, Callable[[Incident, Command], Outcome]] = {
    Kind.ACK: work_commands.ack,
    Kind.TAKE: work_commands.take,
    Kind.CONFIRM_TIER: tier_commands.confirm_tier,
    Kind.LOWER: tier_commands.lower,
    Kind.PIN: tier_commands.pin,
    Kind.UNPIN: tier_commands.unpin,
    Kind.RESPOND: work_commands.respond,
    Kind.STABILISE: work_commands.stabilise,
    Kind.RESOLVE: work_commands.resolve,
    Kind.CLOSE: work_commands.close,
    Kind.DISMISS: work_commands.dismiss,
    Kind.REOPEN: work_commands.reopen,
    Kind.TOUCH: work_commands.touch,
    Kind.PASS: call_answers.pass_on,
    Kind.REVIEW: call_answers.review,
    Kind.ASSIGN: work_commands.assign,
    Kind.FIRST_POST: public_commands.first_post,
    Kind.RESTRICT: restricting.by_hand,
    Kind.UNRESTRICT: restricting.lift,
}


# What answers a call: given before the present call went out, it answers an older one.
_ANSWERS = (Kind.ACK, Kind.TAKE, Kind.PASS, Kind.REVIEW)


def apply(incident: Incident, command: Command, now: datetime) -> Outcome:
    """Do what the person asked, or say in Chinese why not and what to do instead.

    All times come from the command (never later than `now`), so a command that is applied twice
    has the effect of one.
    """
    if _answers_an_older_call(incident, command, now):
        return no(incident, "这次点击之后事件又升级或重新告警了：请看最新消息，再点一次。")
    return _HANDLERS[command.kind](incident, replace(command, at=min(command.at, now)))


def _answers_an_older_call(incident: Incident, command: Command, now: datetime) -> bool:
    """Tell whether an answer was given before the present call went out.

    An answer to ORANGE must not silence the RED that came after it. If the call itself lies in
    the future, the clock was set back and its order says nothing.
    """
    if command.kind not in _ANSWERS or incident.opened_at is None:
        return False
    return command.at < incident.opened_at <= now
