"""The ten invariants of incidents, each a look at the store that returns what is wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from incident_play import NUMBERS, PATIENT, PEOPLE, Play
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.domain.incident import ENGINE, Lifecycle
from monitor.domain.tier import Tier
from monitor.store import incidents, told
from monitor.store.outbox import WAITING, key_of
from monitor.store.response_schema import IncidentRow, OutboxRow, RunRow, TransitionRow
from monitor.store.silence_schema import HeldRow, SilenceRow

QUIET = {Tier.YELLOW: timedelta(hours=12), Tier.ORANGE: timedelta(hours=6)}
LONGEST_WAIT = {
    Tier.RED: timedelta(minutes=10),
    Tier.ORANGE: timedelta(hours=1),
    Tier.YELLOW: timedelta(hours=24),
}
LEVELS = 3
CALLS = ("open", "raise", "lease_lost", "review_due", "reopen", "merge_in", "confirm_tier", "pin")
NOTICES = ("lease", "recur", "candidate", "group")


def of_the_store(play: Play, *, ticked: bool) -> Iterator[str]:
    """What is wrong in the store now; `ticked` when everybody has just done a round."""
    yield from play.late_pages  # (1) no page after the answer is committed
    yield from play.unmarked_copies()
    with play.app.database.reading() as session:
        rows = session.scalars(select(IncidentRow).order_by(IncidentRow.id)).all()
        waiting = session.scalars(select(OutboxRow).where(OutboxRow.status.in_(WAITING))).all()
        runs = {one.incident_id: one for one in session.scalars(select(RunRow))}
        found = [incidents.load(session, row.id) for row in rows]
    pages = {one.incident_id for one in waiting if one.kind == "page"}
    about = {one.incident_id for one in waiting}
    active = Counter((one.brand, one.topic_key) for one in found if one.lifecycle.active)
    yield from (f"two incidents of one topic {key}" for key, n in active.items() if n > 1)
    for one in found:
        run = runs.get(one.id)
        called = run is not None and run.active and run.next_deadline is not None
        if one.lifecycle is not Lifecycle.OPEN and one.id in pages:
            yield f"(1) {one.code} is {one.lifecycle} and a page waits"
        if one.lifecycle is Lifecycle.OPEN and one.tier is Tier.RED and not called:
            yield f"(3) {one.code} is an open RED that calls nobody"
        if one.lifecycle in (Lifecycle.DISMISSED, Lifecycle.MERGED) and one.id in about:
            yield f"(9) {one.code} is {one.lifecycle} and a message waits"
        if run is not None and called and one.lifecycle is not Lifecycle.OPEN:
            yield f"{one.code} is {one.lifecycle} and its calls go on"
        if ticked and called and run is not None and run.next_deadline is not None:
            wait = run.next_deadline - play.now
            if not timedelta() <= wait <= LONGEST_WAIT[one.tier]:
                yield f"(8) the next call of {one.code} ({one.tier}) is {wait} away"


def of_the_silences(play: Play, *, ticked: bool) -> Iterator[str]:
    """Whether quiet kept back what it may not, or kept back for good what nobody has answered."""
    with play.app.database.reading() as session:
        held = session.scalars(select(HeldRow).order_by(HeldRow.id)).all()
        over = select(SilenceRow).where(SilenceRow.end <= play.now, SilenceRow.settled_at.is_(None))
        late = session.scalars(over).all()
        open_calls = [one for one in held if one.kind == "page" and _unheard(session, one)]
        found = {one.incident_id: incidents.load(session, one.incident_id or 0) for one in held}
        codes = [found[one.incident_id].code for one in open_calls if one.incident_id]
    yield from (f"a RED of {one.incident_id} was held back" for one in held if one.tier >= Tier.RED)
    keys = Counter((one.silence_id, one.key) for one in held)
    yield from (f"{key} was held back {n} times" for key, n in keys.items() if n > 1)
    if ticked:
        yield from (f"silence {one.id} is over and untold" for one in late)
        yield from (f"{code} was held back, is open, and calls nobody" for code in codes)


def _unheard(session: Session, one: HeldRow) -> bool:
    """Whether a call that was held back is owed: its incident is open and nobody will be called."""
    incident = incidents.load(session, one.incident_id or 0)
    run = incidents.load_run(session, incident.id)
    if incident.lifecycle is not Lifecycle.OPEN or incident.tier is Tier.NONE or run is None:
        return False
    calls = told.pages_since(session, incident.id, one.at)
    return not run.active and not calls


def of_the_trail(play: Play) -> Iterator[str]:
    """What is wrong with how the incidents came to be what they are."""
    with play.app.database.reading() as session:
        rows = session.scalars(select(TransitionRow).order_by(TransitionRow.id)).all()
        topics = {one.id: one.topic_id for one in session.scalars(select(IncidentRow))}
        found = {number: incidents.load(session, number) for number in topics}
    trails: dict[int, list[TransitionRow]] = defaultdict(list)
    for row in rows:
        trails[row.incident_id].append(row)
    for number, trail in trails.items():
        one = found[number]
        if [row.version for row in trail] != list(range(1, one.version + 1)):
            yield f"(4) {one.code} has the versions {[row.version for row in trail]}"
        last = trail[-1]
        if (last.to_lifecycle, last.to_tier) != (one.lifecycle, one.tier):
            yield f"(5) {one.code} is {one.lifecycle} and its trail says {last.to_lifecycle}"
        for before, row in pairwise(trail):
            if (row.from_lifecycle, row.from_tier) != (before.to_lifecycle, before.to_tier):
                yield f"(5) {one.code} has a hole before {row.version}"
        yield from _falls(play, one.code, topics[number], trail)


def _falls(play: Play, code: str, topic: int, trail: list[TransitionRow]) -> Iterator[str]:
    """(2) The engine lowers by one step, never a RED, and only after a quiet time."""
    since = trail[0].at
    for row in trail:
        if row.to_tier < row.from_tier and row.actor == ENGINE:
            quiet = QUIET.get(Tier(row.from_tier))
            if quiet is None or row.from_tier - row.to_tier > 1:
                yield f"(2) the engine lowered {code} from {row.from_tier} to {row.to_tier}"
            elif row.at - since < quiet or play.heard(topic, row.at - quiet, row.at):
                yield f"(2) {code} fell at {row.at} though it was not quiet"
        if row.to_tier != row.from_tier:
            since = row.at


def of_the_messages(play: Play) -> Iterator[str]:
    """Where each message comes from, in which order levels were called, and what was said."""
    with play.app.database.reading() as session:
        rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()
        trail = session.execute(
            select(TransitionRow.incident_id, TransitionRow.version, TransitionRow.kind)
        ).all()
    versions: dict[int, dict[int, str]] = defaultdict(dict)
    for number, version, kind in trail:
        versions[number][version] = kind
    for number, known in versions.items():
        mine = [one for one in rows if one.incident_id == number and one.origin is None]
        yield from _causes(number, known, mine)
    # (7) A group reads no words of any post; nobody reads a number that names a person.
    for name, message in play.bots.told:
        if name == "group" and PATIENT in message.body:
            yield f"(7) a group was told of the patient: {message.body}"
        if any(one in message.body or one in message.short for one in NUMBERS):
            yield f"(7) {name} was told a number that names a person"


def _causes(number: int, known: dict[int, str], rows: list[OutboxRow]) -> Iterator[str]:
    """(4) Every message of an incident has one cause; (8) no level is left out or called twice."""
    pages = _page_keys(number, len(known), [one for one in rows if one.kind == "page"])
    others = {
        key_of(number, f"{cause}-{version}", one.recipient, one.channel)
        for version in known
        for one in rows
        for cause in NOTICES
    }
    called: list[tuple[int, int]] = []
    for one in rows:
        if one.kind == "page" and one.key not in pages:
            yield f"(4) a page of {number} comes from nothing that happened"
        elif one.kind == "page":
            called.append(pages[one.key])
        elif one.kind == "group" and one.key not in others:
            yield f"(4) a group message of {number} comes from nothing that happened"
    begun = sum(kind in CALLS for kind in known.values())
    jumps = sum(not _follows(a, b) for a, b in pairwise(called))
    if jumps > max(0, begun - 1):
        yield f"(8) {number} called {called} after {begun} beginnings"


def _page_keys(number: int, versions: int, rows: list[OutboxRow]) -> dict[str, tuple[int, int]]:
    channels = {one.recipient: one.channel for one in rows}
    loops = range(1, len(rows) + 2)
    return {
        key_of(number, f"page-{v}-{loop}-{level}", who, channels.get(who, "")): (loop, level)
        for v in range(1, versions + 1)
        for loop in loops
        for level, who in enumerate(PEOPLE, 1)
    }


def _follows(one: tuple[int, int], other: tuple[int, int]) -> bool:
    loop, level = one
    return other == (loop, level + 1) or (other == (loop + 1, 1) and (level == LEVELS or loop > 1))
