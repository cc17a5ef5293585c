"""One card per incident and person: it says who has taken it up and loses its buttons, for real.

The messages go through the real sender to a loopback 飞书, taps come back over its connection.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from chat_servers import LarkPlatform, lark_tap
from world import HARM, World, base, item

from alerts import app_cards
from alerts.channels import send
from alerts.message import Delivery, Status
from monitor.domain.command import Command, Kind
from monitor.domain.incident import Incident
from monitor.stations import cards, obey, reminders
from monitor.stations.incident_card import HIDDEN
from monitor.stations.listening import tend_listening
from monitor.store import incidents
from monitor.store.response_schema import OutboxRow


@pytest.fixture
def feishu() -> Iterator[LarkPlatform]:
    app_cards._lark_app.cache_clear()
    one = LarkPlatform()
    yield one
    one.close()


def settings(platform: LarkPlatform, *, hears: bool = True, **more: Any) -> dict[str, Any]:
    people = [dict(one) for one in base()["people"]]
    for one in people:
        one["ids"] = {"feishu": f"ou_{one['id']}"}
    channels = [
        {
            "name": one["name"],
            "url": f"feishuapp://cli_x:app-secret@ou_{one['name'].partition('-')[0]}"
            f"?base={platform.url}",
            "per_minute": 60,
        }
        for one in base()["channels"]
    ]
    heard = {"host": platform.url, "app_id": "cli_x", "app_secret": "app-secret"}
    answers = {"feishu": heard} if hears else {}
    return {"people": people, "channels": channels, "answers": answers, **more}


def make(folder: Path, platform: LarkPlatform, **given: Any) -> World:
    world = World(folder, **settings(platform, **given))
    world.app.send = send
    return world


@pytest.fixture
def world(tmp_path: Path, feishu: LarkPlatform) -> Iterator[World]:
    one = make(tmp_path, feishu)
    yield one
    one.app.listening.close()
    one.app.database.close()


def crisis(world: World) -> Incident:
    world.post(item(1, HARM))
    world.decide()
    world.deliver()
    return incident(world)


def incident(world: World) -> Incident:
    with world.app.database.reading() as session:
        return incidents.load(session, 1)


def asked(platform: LarkPlatform) -> list[tuple[str, str, dict[str, Any], str]]:
    """What the platform was asked about messages: method, path, card, and the text of it."""
    found = []
    while not platform.web.asked.empty():
        method, path, body, _ = platform.web.asked.get()
        if "/im/v1/messages" in path:
            card = json.loads(body["content"])
            found.append((method, body.get("receive_id") or path, card, str(card)))
    return found


def rows(world: World, kind: str) -> list[OutboxRow]:
    with world.app.database.reading() as session:
        return list(session.query(OutboxRow).filter_by(kind=kind).order_by(OutboxRow.id))


def ack(world: World, person: str = "zhang") -> None:
    wish = Command(f"c-{person}-{world.now}", Kind.ACK, person, world.now)
    obey.command(world.app, incident(world).code, wish)


def test_a_call_and_a_groups_note_come_with_buttons(world: World, feishu: LarkPlatform) -> None:
    crisis(world)
    sent = {to: text for _, to, _, text in asked(feishu)}
    assert "ack.1." in sent["ou_zhang"]
    assert "ack.1." in sent["ou_group"]
    assert "输错液" not in sent["ou_group"]
    assert [one.receipt for one in rows(world, "page")] != [""]


def test_after_an_acknowledgement_every_card_says_who_and_has_no_button(
    world: World, feishu: LarkPlatform
) -> None:
    crisis(world)
    receipts = {one.receipt for kind in ("page", "group") for one in rows(world, kind)}
    asked(feishu)
    ack(world)
    world.deliver()

    changes = [one for one in asked(feishu) if one[0] == "PATCH"]
    assert {path.rpartition("/")[2] for _, path, _, _ in changes} == receipts
    for _, _, card, text in changes:
        assert "张某已接手" in text
        assert "button" not in text
        assert card["header"]["template"] == "grey"


def test_a_tap_is_seen_at_once_and_the_colleagues_card_follows(
    world: World, feishu: LarkPlatform
) -> None:
    crisis(world)
    world.later(minutes=16)  # nobody answered: 李某 is called as well
    tend_listening(world.app, world.now)
    button = next(text for _, to, _, text in asked(feishu) if to == "ou_li")
    action = "ack" + button.split("'ack", 1)[1].split("'", 1)[0]
    feishu.push(feishu.line.connection(), lark_tap(action, "ou_li"))
    assert "李某已接手" in str(feishu.acknowledged())

    world.deliver()
    changed = [text for method, _, _, text in asked(feishu) if method == "PATCH"]
    assert any("你是张某。李某已接手" in text for text in changed)


def test_a_newer_call_rings_anew_and_folds_the_card_before_it(
    world: World, feishu: LarkPlatform
) -> None:
    crisis(world)
    first = rows(world, "page")[0].receipt
    asked(feishu)
    louder = Command("c1", Kind.CONFIRM_TIER, "wang", world.now, args={"tier": "red"})
    obey.command(world.app, incident(world).code, louder)
    world.deliver()
    world.deliver()

    calls = asked(feishu)
    assert [to for method, to, _, _ in calls if method == "POST"].count("ou_zhang") == 1
    folded = [text for method, path, _, text in calls if method == "PATCH" and first in path]
    assert cards.FOLDED in folded[-1]
    assert "button" not in folded[-1]
    with_cards = [one for one in rows(world, "page") if one.receipt]
    assert len(with_cards) == 1, "one card per incident and person is kept up to date"


def test_a_card_that_was_on_its_way_when_somebody_took_it_up_is_put_right(
    world: World, feishu: LarkPlatform
) -> None:
    world.post(item(1, HARM))
    world.decide()
    real = world.app.send

    def slow(channel: Any, message: Any) -> Delivery:
        done = real(channel, message)
        if message.answers and incident(world).acked_by is None:
            ack(world)
        return done

    world.app.send = slow
    world.deliver()
    world.deliver()
    changed = [text for method, _, _, text in asked(feishu) if method == "PATCH"]
    assert any("你是张某。张某已接手" in text for text in changed)


def test_a_change_written_twice_before_it_went_out_goes_out_once(
    world: World, feishu: LarkPlatform
) -> None:
    crisis(world)
    asked(feishu)
    ack(world)
    over = Command("c2", Kind.TAKE, "li", world.now, reason="张某在手术室")
    obey.command(world.app, incident(world).code, over)
    world.deliver()
    changed = [text for method, _, _, text in asked(feishu) if method == "PATCH"]
    assert len(changed) == 2  # 张某's card and the group's
    assert all("李某已接手" in text for text in changed)


def test_progress_that_a_card_does_not_show_changes_none(
    world: World, feishu: LarkPlatform
) -> None:
    crisis(world)
    ack(world)
    world.deliver()
    asked(feishu)
    obey.command(world.app, incident(world).code, Command("c3", Kind.TOUCH, "zhang", world.now))
    world.deliver()
    assert asked(feishu) == []


def test_a_change_that_the_platform_refuses_troubles_nobody(
    world: World, feishu: LarkPlatform
) -> None:
    crisis(world)
    ack(world)
    feishu.answers = [(200, {"code": 230031}), (200, {"code": 230031})]
    world.deliver()
    assert {one.status for one in rows(world, cards.CARD)} == {"cancelled"}
    assert rows(world, "meta") == []


def test_an_ended_incidents_card_is_changed_for_the_last_time(
    world: World, feishu: LarkPlatform
) -> None:
    crisis(world)
    code = incident(world).code
    obey.command(world.app, code, Command("c1", Kind.DISMISS, "wang", world.now, reason="误会"))
    asked(feishu)
    world.deliver()
    changed = [text for method, _, _, text in asked(feishu) if method == "PATCH"]
    assert changed
    assert all("已排除" in text for text in changed)
    assert [one.receipt for one in rows(world, "page")] == [""]


def test_where_nobody_hears_taps_a_card_has_no_buttons(
    tmp_path: Path, feishu: LarkPlatform
) -> None:
    one = make(tmp_path, feishu, hears=False)
    crisis(one)
    assert all("button" not in text for _, _, _, text in asked(feishu))
    one.app.database.close()


def test_a_trials_owner_gets_no_buttons(tmp_path: Path, feishu: LarkPlatform) -> None:
    from monitor.bootstrap import trial_plan
    from monitor.config import TrialConfig
    from monitor.store import trials

    one = make(tmp_path, feishu)
    trial = TrialConfig.model_validate({"owner": "zhang", "until": "2026-12-31"})
    plan = trial_plan(one.settings.model_copy(update={"trial": trial}))
    trials.follow(one.app.database, plan, one.now)
    crisis(one)
    assert all("button" not in text for _, _, _, text in asked(feishu))
    one.app.database.close()


def test_robots_of_groups_cannot_change_what_they_said_so_a_new_message_tells_it(
    tmp_path: Path,
) -> None:
    one = World(tmp_path)
    one.bots.answers["zhang-bot"] = [Delivery(Status.SENT, "好", receipt="om_1")]
    crisis(one)
    ack(one)
    one.later(seconds=1)
    assert rows(one, cards.CARD) == []
    assert len(one.bots.to("zhang-bot")) == 1
    one.app.database.close()


def test_half_an_hour_is_added_from_the_card_that_reminds(
    world: World, feishu: LarkPlatform
) -> None:
    crisis(world)
    ack(world)
    world.now += timedelta(minutes=81)
    with world.app.database.transaction() as session:
        reminders.lease_warning(world.app, session, incidents.load(session, 1), world.now)
    world.deliver()
    texts = [text for method, to, _, text in asked(feishu) if method == "POST" and to == "ou_zhang"]
    assert "extend.1." in texts[-1]


def test_an_incident_that_becomes_restricted_leaves_nothing_on_other_peoples_cards(
    tmp_path: Path, feishu: LarkPlatform
) -> None:
    one = make(tmp_path, feishu, restricted={"names": ["周院长"], "chain": ["wang"]})
    crisis(one)
    code = incident(one).code
    asked(feishu)
    wish = Command("c1", Kind.RESTRICT, "wang", one.now, "牵涉领导", {"chain": "wang"})
    obey.command(one.app, code, wish)
    one.deliver()

    calls = asked(feishu)
    changed = [text for method, _, _, text in calls if method == "PATCH"]
    assert len(changed) == 2  # 张某's card and the group's
    for text in changed:
        assert HIDDEN in text
        assert code not in text
        assert "button" not in text
    assert [to for method, to, _, _ in calls if method == "POST"] == ["ou_wang"]
    one.app.database.close()
