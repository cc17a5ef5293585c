"""`fengsui incidents open`: a person opens an incident that no public post has begun."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from monitor.app import App
from monitor.cli import show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ActorOption,
    ConfigOption,
    JsonOption,
    Refusal,
    actor,
    opened,
    print_json,
)
from monitor.cli.incident_confirm import next_lines
from monitor.cli.options import ReasonOption, brand_of
from monitor.domain.incident import Incident
from monitor.domain.mention import RISK_LABELS
from monitor.domain.tier import Tier
from monitor.stations.obey import new_id
from monitor.stations.opening import Opening, begin
from monitor.store.private_schema import PrivateRow
from monitor.store.response_schema import CommandRow, IncidentRow

TIERS = {tier.key: tier for tier in Tier if tier}


def open_(
    *,
    brand: Annotated[
        str, typer.Option("--brand", metavar="品牌", help="只有一个品牌时不用写")
    ] = "",
    tier: Annotated[
        str, typer.Option("--tier", metavar="级别", help="yellow、orange 或 red")
    ] = "yellow",
    risk: Annotated[str, typer.Option("--risk", metavar="类别", help="如 patient_safety")] = "",
    from_call: Annotated[
        str, typer.Option("--from-call", metavar="编号", help="起因的非公开记录，如 P12")
    ] = "",
    first_post: Annotated[
        str, typer.Option("--first-post", metavar="时间", help="首帖时间；还没有公开帖就不写")
    ] = "",
    reason: ReasonOption = "",
    who: ActorOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """手工立事件：电话、上报或别处得知的事，网上还没有；要写理由，署你的名。"""
    if tier not in TIERS:
        raise Refusal("级别写 yellow（黄色）、orange（橙色）或 red（红色）")
    if not reason.strip():
        raise Refusal("请写明理由（--reason），它会留在记录里")
    if risk and risk not in RISK_LABELS:
        raise Refusal(f"没有类别「{show.line(risk, 30)}」；可以写 {'、'.join(RISK_LABELS)}")
    with opened(config) as app:
        person, now, zone = actor(app, who), app.clock(), app.settings.zone
        post = show.moment(first_post, now, zone, ahead=False) if first_post else None
        if post is not None and post > now:
            raise Refusal("首帖的时间还没到：请核对日期和时刻")
        wish = _Wish(brand, TIERS[tier], risk, from_call, post, show.wording(reason), person)
        incident = app.database.repeat(lambda session: wish.grant(app, session, now))
        if as_json:
            print_json({"code": incident.code, "tier": incident.tier.key, "brand": incident.brand})
            return
        label = f"{incident.tier.label}｜{incident.brand}"
        show.say(f"✓ {incident.code} 已立：{label}，正在呼叫值班。", style="green")
        next_lines(app, incident)


class _Wish:
    """What a person asks for."""

    def __init__(
        self,
        brand: str,
        tier: Tier,
        risk: str,
        call: str,
        first_post: datetime | None,
        reason: str,
        person: str,
    ) -> None:
        self.brand, self.tier, self.risk, self.call = brand, tier, risk, call
        self.first_post, self.reason, self.person = first_post, reason, person

    def grant(self, app: App, session: Session, now: datetime) -> Incident:
        """Open it; the record of the command and the link to the call go with it."""
        call, number = self._call(session), new_id()
        label = RISK_LABELS.get(self.risk or (call.risk if call else "") or "", "")
        opening = Opening(
            brand=self._brand(app, call),
            origin="person",
            key=f"person-{number}",
            name=f"手工立案：{label}类" if label else "手工立案",
            reason=f"{self.reason}（起因 {call.code}）" if call else self.reason,
            risk=self.risk or (call.risk if call else None),
            tier=self.tier,
            actor=self.person,
            candidate=False,
            first_public_at=self.first_post,
        )
        incident = begin(app, session, opening, now)
        if call is not None:
            call.topic_id = session.get_one(IncidentRow, incident.id).topic_id
        session.add(
            CommandRow(
                id=number,
                kind="open",
                actor=self.person,
                at=now,
                subject=incident.code,
                refused=None,
            )
        )
        return incident

    def _call(self, session: Session) -> PrivateRow | None:
        if not self.call.strip():
            return None
        number = show.number(self.call.strip().lstrip("Pp"), "用 fengsui private list 查")
        row = session.get(PrivateRow, number)
        if row is None:
            raise Refusal(f"没有非公开记录 P{number}：用 fengsui private list 查")
        return row

    def _brand(self, app: App, call: PrivateRow | None) -> str:
        if self.brand:
            return brand_of(app, self.brand)
        if call is not None and call.brand:
            return call.brand
        names = [one.name for one in app.settings.brands]
        if len(names) > 1:
            raise Refusal(f"请写是哪个品牌：--brand {'、'.join(names)}")
        return names[0]
