"""Two taps on a phone: a personal link, its page, its buttons, over the real server on loopback."""

from __future__ import annotations

import re
import socket
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from world import HARM, World, base, item

from monitor.domain.command import Command, Kind
from monitor.domain.incident import Incident, Lifecycle
from monitor.pipeline import tick
from monitor.stations import obey
from monitor.stations.answer_links import tend_answers
from monitor.store import incidents

MINUTE = timedelta(minutes=1)


def opened(folder: Path, **settings: Any) -> World:
    """A world whose links lead to the loopback server it runs."""
    given = {"address": "http://127.0.0.1:1/a", "listen": "127.0.0.1:0"}
    world = World(folder, answers=given, **settings)
    tick(world.app, (tend_answers,), world.now)
    return world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = opened(tmp_path)
    yield world
    world.app.answering.close()
    world.app.database.close()


def crisis(world: World) -> str:
    """One ORANGE; returns the path of the link that 张某 got."""
    world.post(item(1, HARM))
    world.decide()
    world.deliver()
    return link_to(world, "zhang-bot")


def link_to(world: World, channel: str) -> str:
    found = re.findall(r"http://127\.0\.0\.1:1(/a/\S+)", world.bots.to(channel)[-1].body)
    assert found, world.bots.to(channel)[-1].body
    return str(found[-1])


def at(world: World, path: str) -> str:
    server = world.app.answering.server
    assert server is not None
    return f"http://127.0.0.1:{server.port}{path}"


def tap(world: World, path: str, answer: str) -> requests.Response:
    return requests.post(at(world, path), data={"answer": answer}, timeout=10)


def incident(world: World) -> Incident:
    with world.app.database.reading() as session:
        return incidents.load(session, 1)


def test_opening_a_link_shows_what_it_is_about_and_changes_nothing(world: World) -> None:
    path = crisis(world)
    page = requests.get(at(world, path), timeout=10)
    assert page.status_code == 200
    for word in ("橙色", "清河互联网医院", "你是张某", "我来处理", "转备班", "疑似误报"):
        assert word in page.text
    assert "输错液" not in page.text  # no quotes: pages leak as screenshots do
    assert page.headers["Cache-Control"] == "no-store"
    assert incident(world).lifecycle is Lifecycle.OPEN


def test_a_tap_takes_it_up_and_nobody_else_is_called(world: World) -> None:
    path = crisis(world)
    told = tap(world, path, "ack")
    assert "已记下：我来处理" in told.text
    assert incident(world).acked_by == "zhang"
    world.later(minutes=20)
    assert world.bots.to("li-bot") == []


def test_a_link_answers_once(world: World) -> None:
    path = crisis(world)
    tap(world, path, "pass")
    again = tap(world, path, "ack").text
    assert incident(world).acked_by is None
    assert "没有记下" in again, "nobody may think that they have taken it up"
    assert "已经用过" in requests.get(at(world, path), timeout=10).text


def test_whoever_taps_two_buttons_is_not_told_of_one_why_the_other_came_to_nothing(
    world: World,
) -> None:
    path = crisis(world)
    obey.command(world.app, incident(world).code, Command("1", Kind.ACK, "li", world.now))
    assert "不用再转" in tap(world, path, "pass").text
    said = tap(world, path, "ack").text

    assert "不用再转" not in said
    assert "已经用过" in said


def test_an_answer_that_the_page_does_not_offer_spends_nothing(world: World) -> None:
    path = crisis(world)
    forged = tap(world, path, "extend").text
    assert "我来处理" in forged  # the page again, with its buttons
    assert "已记下：我来处理" in tap(world, path, "ack").text
    assert incident(world).acked_by == "zhang"


def test_passing_on_calls_the_next_person_who_has_a_link_of_their_own(world: World) -> None:
    tap(world, crisis(world), "pass")
    world.later(seconds=2)
    tap(world, link_to(world, "li-bot"), "ack")
    assert incident(world).acked_by == "li"


def test_a_suspected_false_alarm_rests_until_eight(world: World) -> None:
    world.now += timedelta(hours=14)  # two in the morning
    world.post(item(1, HARM, at=world.now))
    world.decide()
    world.deliver()
    assert "已记下：疑似误报" in tap(world, link_to(world, "zhang-bot"), "review").text
    until = incident(world).review_until
    assert until is not None
    assert until - world.now == timedelta(hours=6)


def test_a_spent_link_has_no_buttons(world: World) -> None:
    path = crisis(world)
    tap(world, path, "ack")
    page = requests.get(at(world, path), timeout=10).text
    assert "张某已接手" in page
    assert "<button" not in page


@pytest.mark.parametrize("change", ["person", "expiry", "mac", "cut", "long", "none"])
def test_a_link_that_was_tampered_with_is_nothing(world: World, change: str) -> None:
    path = crisis(world)
    folder, _, token = path.rpartition("/")
    raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    forged = {
        "person": raw.replace(b".zhang.", b".li.", 1),
        "expiry": raw.replace(b".17", b".27", 2),
        "mac": raw[:-1] + bytes([raw[-1] ^ 1]),
        "cut": raw[:10],
        "long": raw * 50,
        "none": b"",
    }[change]
    bad = f"{folder}/{urlsafe_b64encode(forged).decode().rstrip('=')}"
    assert requests.get(at(world, bad), timeout=10).status_code == 404
    assert tap(world, bad, "ack").status_code == 404
    assert incident(world).lifecycle is Lifecycle.OPEN


def test_a_link_ends_with_the_night(world: World) -> None:
    path = crisis(world)
    world.now += timedelta(hours=12)
    assert tap(world, path, "ack").status_code == 404


def test_an_answer_to_orange_does_not_silence_the_red_after_it(world: World) -> None:
    path = crisis(world)
    world.now += MINUTE
    louder = Command("c1", Kind.CONFIRM_TIER, "wang", world.now, args={"tier": "red"})
    obey.command(world.app, incident(world).code, louder)

    assert "又升级" in tap(world, path, "ack").text
    assert incident(world).acked_by is None


def test_hostile_requests_get_a_plain_answer(world: World) -> None:
    path = crisis(world)
    assert tap(world, path, "drop tables").status_code == 400
    big = requests.post(at(world, path), data={"answer": "x" * 5000}, timeout=10)
    assert big.status_code == 400
    assert requests.get(at(world, "/"), timeout=10).status_code == 404
    assert incident(world).lifecycle is Lifecycle.OPEN


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (b"PUT /a/x HTTP/1.1\r\nHost: x\r\n\r\n", b"501"),
        (b"HEAD /a/x HTTP/1.1\r\nHost: x\r\n\r\n", b"501"),
        (b"GET /a/x HTTP/9.9\r\nHost: x\r\n\r\n", b"505"),
        (b"GET /a/x HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", b"431"),
        (b"nonsense <b> x y z\r\n\r\n", b"400"),
    ],
)
def test_what_is_no_request_gets_a_page_of_ours(world: World, asked: bytes, status: bytes) -> None:
    server = world.app.answering.server
    assert server is not None
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        line.sendall(asked)
        answer = b"".join(iter(lambda: line.recv(65_536), b""))

    head, _, body = answer.rpartition(b"\r\n\r\n")
    assert head.partition(b" ")[2].startswith(status)
    assert b"Server:" not in head
    assert ("<h1>打不开</h1>" in body.decode()) != asked.startswith(b"HEAD")
    assert b"Error" not in body


@pytest.mark.parametrize("shared", ["group", "ops", "li-bot", "group-again"])
def test_no_link_goes_where_others_would_read_it(tmp_path: Path, shared: str) -> None:
    zhang, *rest = base()["people"]
    channels = base()["channels"]
    again = {**next(one for one in channels if one["name"] == "group"), "name": "group-again"}
    people = [{**zhang, "channels": [*zhang["channels"], shared]}, *rest]
    world = opened(tmp_path, people=people, channels=[*channels, again])
    world.post(item(1, HARM))
    world.decide()
    world.deliver()
    assert "http://" not in world.bots.to("zhang-bot")[0].body
    assert "http://" not in world.bots.to("group")[0].body
    world.app.answering.close()
    world.app.database.close()


@pytest.mark.parametrize(("number", "private"), [("13800000001", True), ("13800000000", False)])
def test_a_gateway_that_dials_each_ones_own_number_is_read_by_nobody_else(
    tmp_path: Path, number: str, *, private: bool
) -> None:
    gateway = {"body": {"to": "{mobile}", "say": "{text}"}}
    phone = {"name": "phone", "url": "json://127.0.0.1:9/phone", "gateway": gateway}
    zhang, li, wang = base()["people"]
    people = [
        {**zhang, "channels": [*zhang["channels"], "phone"], "mobile": "13800000000"},
        {**li, "channels": [*li["channels"], "phone"], "mobile": number},
        wang,
    ]
    world = opened(tmp_path, people=people, channels=[*base()["channels"], phone])
    world.post(item(1, HARM))
    world.decide()
    world.deliver()
    assert ("http://" in world.bots.to("zhang-bot")[0].body) is private
    world.app.answering.close()
    world.app.database.close()


def test_who_holds_the_backup_with_the_authors_key_cannot_make_links(world: World) -> None:
    path = crisis(world)
    key = world.settings.data_dir / "codes" / "links.key"
    assert key.stat().st_mode & 0o077 == 0
    key.unlink()  # another key signs nothing that holds here
    assert requests.get(at(world, path), timeout=10).status_code == 404
