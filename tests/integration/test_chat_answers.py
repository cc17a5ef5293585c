"""Answers over the platforms' own long connections, each against a loopback server of its protocol.

The whole way is real: the daemon's own step opens the connection, a frame becomes a command.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from chat_servers import (
    DingPlatform,
    LarkPlatform,
    WecomPlatform,
    lark_message,
    lark_tap,
    wecom_message,
    wecom_tap,
)
from world import HARM, World, base, item

from alerts.ears import ear as ear_module
from alerts.ears import socket as socket_module
from alerts.ears import wecom
from alerts.ears.ear import Ear
from monitor.daemon import Daemon
from monitor.domain.command import Command, Kind
from monitor.domain.incident import Incident, Lifecycle
from monitor.stations import hearing, obey
from monitor.stations.incident_card import action_of
from monitor.stations.listening import tend_listening
from monitor.store import incidents
from monitor.store.response_schema import CommandRow, TransitionRow

MINUTE = timedelta(minutes=1)
MESSAGES, CARDS = "/v1.0/im/bot/messages/get", "/v1.0/card/instances/callback"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Come back at once after a broken line, and see a stop at once."""
    monkeypatch.setattr(ear_module, "LONGEST_WAIT", 0.05)
    monkeypatch.setattr(socket_module, "LOOK", 0.02)


@pytest.fixture
def robot() -> Iterator[WecomPlatform]:
    one = WecomPlatform()
    yield one
    one.close()


def people() -> list[dict[str, Any]]:
    known = [dict(one) for one in base()["people"]]
    for number, one in enumerate(known):
        name = one["id"]
        one["ids"] = {
            "feishu": f"ou_{name}",
            "dingtalk": f"staff-{number}",
            "wecombot": f"wx-{name}",
        }
    return known


Opened = Callable[..., World]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Worlds whose daemon listens as these answers say; all are closed afterwards."""
    made: list[World] = []

    def make(**answers: Any) -> World:
        world = World(tmp_path / str(len(made)), people=people(), answers=answers)
        made.append(world)
        world.post(item(1, HARM))
        world.decide()
        world.deliver()
        tend_listening(world.app, world.now)
        return world

    yield make
    for world in made:
        world.app.listening.close()
        world.app.database.close()


def on_feishu(platform: LarkPlatform) -> dict[str, Any]:
    return {"feishu": {"host": platform.url, "app_id": "cli_x", "app_secret": "app-secret"}}


def on_ding(platform: DingPlatform) -> dict[str, Any]:
    given = {"host": platform.url, "client_id": "ding-x", "client_secret": "ding-secret"}
    return {"dingtalk": given}


def on_wecom(platform: WecomPlatform) -> dict[str, Any]:
    return {"wecombot": {"host": platform.url, "bot_id": "bot-1", "secret": "bot-secret"}}


def incident(world: World) -> Incident:
    with world.app.database.reading() as session:
        return incidents.load(session, 1)


def commands(world: World) -> int:
    with world.app.database.reading() as session:
        return session.query(CommandRow).count()


def ear(world: World) -> Ear:
    ((_, one),) = world.app.listening.ears.values()
    return one


def wait_for(ready: Callable[[], bool]) -> None:
    """Wait for a thread; the time limit of the whole test is the only one."""
    while not ready():
        time.sleep(0.02)


def action(world: World, word: str = "ack") -> str:
    return f"{word}.{action_of(incident(world), world.now)}"


def milliseconds(world: World) -> int:
    return int(world.now.timestamp() * 1000)


# ── 飞书 ─────────────────────────────────────────────────────────────────────


def test_feishu_a_line_to_the_robot_takes_it_up_and_is_answered(
    feishu: LarkPlatform, opened: Opened
) -> None:
    world = opened(**on_feishu(feishu))
    feishu.push(feishu.line.connection(), lark_message("1", "ou_zhang", at=milliseconds(world)))
    assert feishu.acknowledged() == {}
    _, path, body, headers = feishu.web.wait_for("/reply")

    assert path == "/open-apis/im/v1/messages/om_in/reply"
    assert "已记下：我来处理" in body["content"]
    assert headers["Authorization"] == "Bearer t-1"
    assert incident(world).acked_by == "zhang"
    with world.app.database.reading() as session:
        assert "飞书：我来处理" in [row.reason for row in session.query(TransitionRow)]


def test_feishu_a_tap_acts_for_whoever_taps_and_the_card_loses_its_buttons(
    feishu: LarkPlatform, opened: Opened
) -> None:
    world = opened(**on_feishu(feishu))
    feishu.push(feishu.line.connection(), lark_tap(action(world), "ou_li"))
    shown = feishu.acknowledged()

    assert incident(world).acked_by == "li"
    assert shown["toast"]["type"] == "success"
    card = shown["card"]["data"]
    assert "李某已接手" in str(card)
    assert "button" not in str(card)


def test_feishu_an_event_in_several_frames_is_put_together(
    feishu: LarkPlatform, opened: Opened
) -> None:
    world = opened(**on_feishu(feishu))
    feishu.push(feishu.line.connection(), lark_tap(action(world), "ou_zhang"), parts=3)
    assert feishu.acknowledged()["toast"]["type"] == "success"
    assert incident(world).acked_by == "zhang"


def test_feishu_a_message_in_a_group_is_read_without_the_call(
    feishu: LarkPlatform, opened: Opened
) -> None:
    world = opened(**on_feishu(feishu))
    line = lark_message(
        f"@_user_1 1 {incident(world).code}",
        "ou_li",
        at=milliseconds(world),
        chat_type="group",
        mentions=[{"key": "@_user_1", "name": "烽燧"}],
    )
    feishu.push(feishu.line.connection(), line)
    feishu.web.wait_for("/reply")
    assert incident(world).acked_by == "li"


def test_feishu_a_broken_line_is_opened_again_and_a_second_delivery_changes_nothing(
    feishu: LarkPlatform, opened: Opened
) -> None:
    world = opened(**on_feishu(feishu))
    line = lark_message("1", "ou_zhang", at=milliseconds(world))
    first = feishu.line.connection()
    feishu.push(first, line)
    feishu.acknowledged()
    feishu.web.wait_for("/reply")
    first.close()

    feishu.push(feishu.line.connection(), line)
    feishu.acknowledged()
    assert commands(world) == 1
    assert not any("/reply" in one[1] for one in feishu.web.asked.queue)


def test_feishu_heartbeats_go_out_at_the_platforms_pace(
    feishu: LarkPlatform, opened: Opened
) -> None:
    feishu.ping_every = 1
    world = opened(**on_feishu(feishu))
    feishu.line.connection()
    wait_for(lambda: feishu.pings >= 2)
    assert ear(world).down_for() is None


def test_feishu_a_refused_application_is_a_trouble_in_words(
    feishu: LarkPlatform, opened: Opened
) -> None:
    feishu.code = 1000040350
    world = opened(**on_feishu(feishu))
    wait_for(lambda: "错误码 1000040350" in ear(world).trouble)
    assert ear(world).down_for() is not None


def test_feishu_frames_of_nonsense_do_not_end_the_line(
    feishu: LarkPlatform, opened: Opened
) -> None:
    world = opened(**on_feishu(feishu))
    socket = feishu.line.connection()
    socket.send(b"\xff\xff\xff\xff")
    socket.send("text")
    feishu.push(socket, {"header": {"event_id": "x", "event_type": "im.chat.updated_v1"}})
    feishu.acknowledged()
    feishu.push(socket, lark_tap("ack.99999.1", "ou_zhang", "t2"))
    assert "失效" in feishu.acknowledged()["toast"]["content"]
    feishu.push(socket, lark_tap(action(world), "ou_zhang", "t3"))
    assert feishu.acknowledged()["toast"]["type"] == "success"


# ── 钉钉 ─────────────────────────────────────────────────────────────────────


def test_dingtalk_a_line_to_the_robot_takes_it_up_and_is_answered(
    ding: DingPlatform, opened: Opened
) -> None:
    world = opened(**on_ding(ding))
    socket = ding.line.connection()
    assert ding.line.paths == ["/connect?ticket=a%2Bb%3D"]
    ding.push(socket, MESSAGES, ding.message("我来处理", "staff-0", createAt=milliseconds(world)))
    assert ding.acknowledged() == {"response": {}}
    _, _, body, _ = ding.web.wait_for("/robot/sendBySession")

    assert "已记下：我来处理" in body["text"]["content"]
    assert body["at"]["atUserIds"] == ["staff-0"]
    assert incident(world).acked_by == "zhang"


def test_dingtalk_a_tap_acts_for_whoever_taps_and_the_card_loses_its_buttons(
    ding: DingPlatform, opened: Opened
) -> None:
    world = opened(**on_ding(ding))
    chosen = f'{{"cardPrivateData": {{"actionIds": ["{action(world, "pass")}"], "params": {{}}}}}}'
    ding.push(
        ding.line.connection(), CARDS, {"outTrackId": "o", "userId": "staff-0", "content": chosen}
    )
    params = ding.acknowledged()["response"]["cardData"]["cardParamMap"]

    assert "还没有人接手" in params["markdown"]
    assert params["sys_full_json_obj"] == '{"msgButtons": []}'
    world.later(seconds=2)
    assert world.bots.to("li-bot")


def test_dingtalk_answers_a_ping_and_follows_a_move_to_another_host(
    ding: DingPlatform, opened: Opened
) -> None:
    world = opened(**on_ding(ding))
    socket = ding.line.connection()
    ding.push(socket, "ping", {"opaque": "0ab"}, kind="SYSTEM")
    assert ding.acknowledged() == {"opaque": "0ab"}
    ding.push(socket, "disconnect", {"reason": "maintenance"}, kind="SYSTEM")

    again = ding.line.connection()
    line = ding.message("1", "staff-0", createAt=milliseconds(world))
    ding.push(again, MESSAGES, line)
    ding.acknowledged()
    ding.push(again, MESSAGES, line)
    ding.acknowledged()
    ding.web.wait_for("/robot/sendBySession")
    assert commands(world) == 1
    assert not any("sendBySession" in one[1] for one in ding.web.asked.queue)


def test_dingtalk_a_stranger_in_a_group_acts_for_nobody(ding: DingPlatform, opened: Opened) -> None:
    world = opened(**on_ding(ding))
    socket = ding.line.connection()
    ding.push(socket, MESSAGES, ding.message("1", "", conversationType="2"))
    _, _, body, _ = ding.web.wait_for("/robot/sendBySession")
    assert "还不认识你" in body["text"]["content"]
    assert incident(world).lifecycle is Lifecycle.OPEN


def test_dingtalk_sends_its_answers_nowhere_else(ding: DingPlatform, opened: Opened) -> None:
    world = opened(**on_ding(ding))
    foreign = "http://192.0.2.1/robot?session=s"
    line = ding.message("1", "staff-0", createAt=milliseconds(world), sessionWebhook=foreign)
    ding.push(ding.line.connection(), MESSAGES, line)
    ding.acknowledged()
    wait_for(lambda: incident(world).acked_by == "zhang")
    assert ear(world).down_for() is None


def test_dingtalk_a_wrong_secret_is_a_trouble_in_words(opened: Opened, ding: DingPlatform) -> None:
    given = on_ding(ding)
    given["dingtalk"]["client_secret"] = "wrong"
    world = opened(**given)
    wait_for(lambda: "HTTP 401" in ear(world).trouble)
    assert "wrong" not in ear(world).trouble


# ── 企业微信 ──────────────────────────────────────────────────────────────────


def test_wecom_a_line_to_the_robot_takes_it_up_and_is_answered(
    robot: WecomPlatform, opened: Opened
) -> None:
    world = opened(**on_wecom(robot))
    robot.push(robot.line.connection(), "aibot_msg_callback", wecom_message("1", "wx-zhang"))
    answer = robot.answered()

    assert answer["cmd"] == "aibot_respond_msg"
    assert answer["body"]["stream"]["finish"] is True
    assert "已记下：我来处理" in answer["body"]["stream"]["content"]
    assert incident(world).acked_by == "zhang"


def test_wecom_a_tap_acts_for_whoever_taps_and_the_card_says_who_has_it(
    robot: WecomPlatform, opened: Opened
) -> None:
    world = opened(**on_wecom(robot))
    body = wecom_tap(action(world), "wx-li")
    robot.push(robot.line.connection(), "aibot_event_callback", body)
    answer = robot.answered()

    assert answer["cmd"] == "aibot_respond_update_msg"
    card = answer["body"]["template_card"]
    assert card["task_id"] == "task-1"
    assert "李某已接手" in card["sub_title_text"]
    assert [one["text"] for one in card["button_list"]] == ["已应答"]
    assert incident(world).acked_by == "li"


def test_wecom_whoever_says_anything_else_gets_the_card_and_need_only_tap(
    robot: WecomPlatform, opened: Opened
) -> None:
    world = opened(**on_wecom(robot))
    socket = robot.line.connection()
    robot.push(socket, "aibot_msg_callback", wecom_message("怎么了", "wx-zhang"))
    card = robot.answered()["body"]["template_card"]
    assert card["button_list"][0]["text"] == "我来处理"
    assert "输错液" not in str(card)

    robot.push(socket, "aibot_event_callback", wecom_tap(card["button_list"][0]["key"], "wx-zhang"))
    assert "张某已接手" in robot.answered()["body"]["template_card"]["sub_title_text"]
    assert incident(world).acked_by == "zhang"


def test_feishu_whoever_says_anything_else_gets_the_card(
    feishu: LarkPlatform, opened: Opened
) -> None:
    world = opened(**on_feishu(feishu))
    line = lark_message("怎么了", "ou_zhang", at=milliseconds(world))
    feishu.push(feishu.line.connection(), line)
    _, _, body, _ = feishu.web.wait_for("/reply")
    assert body["msg_type"] == "interactive"
    assert f"ack.{action(world).partition('.')[2]}" in body["content"]


def test_wecom_in_a_group_the_call_of_the_robot_is_no_part_of_the_answer(
    robot: WecomPlatform, opened: Opened
) -> None:
    world = opened(**on_wecom(robot))
    body = wecom_message("@烽燧 1", "wx-zhang", chattype="group", chatid="c1")
    robot.push(robot.line.connection(), "aibot_msg_callback", body)
    robot.answered()
    assert incident(world).acked_by == "zhang"


def test_wecom_the_same_message_again_is_answered_once(
    robot: WecomPlatform, opened: Opened
) -> None:
    world = opened(**on_wecom(robot))
    socket = robot.line.connection()
    for _ in range(2):
        robot.push(socket, "aibot_msg_callback", wecom_message("1", "wx-zhang"))
    robot.push(socket, "aibot_msg_callback", wecom_message("hm", "wx-zhang", "msg-2"))
    assert "已记下" in robot.answered()["body"]["stream"]["content"]
    assert "没有看懂" in robot.answered()["body"]["stream"]["content"], "nothing calls any more"
    assert commands(world) == 1


def test_wecom_a_line_without_heartbeats_is_opened_again(
    robot: WecomPlatform, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wecom.listen, "__kwdefaults__", {"ping_every": 0.1})
    robot.deaf = True
    opened(**on_wecom(robot))
    robot.line.connection()
    robot.line.connection()
    assert robot.pings > 0


def test_wecom_who_is_pushed_out_says_so(robot: WecomPlatform, opened: Opened) -> None:
    world = opened(**on_wecom(robot))
    body = {"msgtype": "event", "event": {"eventtype": "disconnected_event"}}
    robot.push(robot.line.connection(), "aibot_event_callback", body)
    wait_for(lambda: "别处也连着" in ear(world).trouble)
    assert ear(world).down_for() is not None
    assert robot.line.connected.empty(), "pushing back would push out whoever works"


def test_wecom_a_wrong_secret_is_a_trouble_in_words(robot: WecomPlatform, opened: Opened) -> None:
    robot.errcode = 853001
    world = opened(**on_wecom(robot))
    wait_for(lambda: "853001" in ear(world).trouble)


# ── frames of no shape that we know ──────────────────────────────────────────

TANGLED = ("[]", "null", "{}", '{"headers": [1], "body": 7, "event": 3, "header": "x"}', "[" * 9000)


@pytest.mark.parametrize("theirs", ["2ed263bf32cf1651", "736588c9260f175d"])
@pytest.mark.parametrize("tapped", [False, True])
def test_feishu_whoever_is_of_another_tenant_acts_for_nobody(
    feishu: LarkPlatform, opened: Opened, theirs: str, *, tapped: bool
) -> None:
    world = opened(**on_feishu(feishu))
    ours = "736588c9260f175d"
    event = lark_message("1", "ou_zhang", at=milliseconds(world))
    if tapped:
        event = lark_tap(action(world), "ou_zhang")
    event["header"]["tenant_key"] = ours
    event["event"]["operator" if tapped else "sender"]["tenant_key"] = theirs
    feishu.push(feishu.line.connection(), event)
    feishu.acknowledged()

    assert commands(world) == (1 if theirs == ours else 0)


def test_feishu_garbage_is_left_alone_and_what_follows_is_heard(
    feishu: LarkPlatform, opened: Opened
) -> None:
    world = opened(**on_feishu(feishu))
    socket = feishu.line.connection()
    socket.send(b"\xff" * 5000)
    socket.send("words")
    for kind in ("im.message.receive_v1", "card.action.trigger"):
        event = {"header": {"event_id": "x", "event_type": kind}, "event": {"message": [1]}}
        feishu.push(socket, event | {"operator": 3})
        feishu.acknowledged()
    feishu.push(socket, lark_message("1", "ou_zhang", at=milliseconds(world)))
    feishu.web.wait_for("/reply")

    assert incident(world).acked_by == "zhang"
    assert feishu.line.connected.empty(), "the line never broke"


def test_dingtalk_garbage_is_left_alone_and_what_follows_is_heard(
    ding: DingPlatform, opened: Opened
) -> None:
    world = opened(**on_ding(ding))
    socket = ding.line.connection()
    for frame in TANGLED:
        socket.send(frame)
    ding.push(socket, MESSAGES, {"msgtype": "text", "text": "1", "msgId": "a"})
    ding.push(socket, CARDS, {"content": '{"cardPrivateData": [1]}', "userId": "staff-0"})
    for _ in range(2):
        assert ding.acknowledged() == {"response": None}
    ding.push(socket, MESSAGES, ding.message("1", "staff-0", createAt=milliseconds(world)))
    ding.web.wait_for("sendBySession")

    assert incident(world).acked_by == "zhang"
    assert ding.line.connected.empty()


def test_wecom_garbage_is_left_alone_and_what_follows_is_heard(
    robot: WecomPlatform, opened: Opened
) -> None:
    world = opened(**on_wecom(robot))
    socket = robot.line.connection()
    for frame in TANGLED:
        socket.send(frame)
    robot.push(socket, "aibot_msg_callback", {"msgtype": "text", "text": "1", "from": "wx-zhang"})
    robot.push(socket, "aibot_msg_callback", wecom_message("1", "wx-zhang", number=""))
    robot.push(socket, "aibot_msg_callback", wecom_message("1", "wx-zhang"))

    assert "已记下" in robot.answered()["body"]["stream"]["content"]
    assert incident(world).acked_by == "zhang"
    assert robot.line.connected.empty()


def test_wecom_a_wrong_tap_in_a_group_takes_the_buttons_from_nobody_else(
    robot: WecomPlatform, opened: Opened
) -> None:
    world = opened(**on_wecom(robot))
    socket = robot.line.connection()
    robot.push(socket, "aibot_event_callback", wecom_tap(action(world), "wx-nobody"))
    assert robot.answered()["body"]["userids"] == ["wx-nobody"]
    robot.push(socket, "aibot_event_callback", wecom_tap(action(world), "wx-zhang", "tap-2"))
    assert "userids" not in robot.answered()["body"]


def test_what_we_stumble_over_breaks_no_line_and_is_told(
    robot: WecomPlatform, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(**on_wecom(robot))

    def stumble(*_: object) -> None:
        raise KeyError("a slip of ours")

    monkeypatch.setattr(hearing, "hear", stumble)
    robot.push(robot.line.connection(), "aibot_msg_callback", wecom_message("1", "wx-zhang"))

    assert robot.answered()["body"]["stream"]["content"].startswith("没有记下")
    assert robot.line.connected.empty()


# ── on every platform alike ──────────────────────────────────────────────────


def say(world: World, text: str, user: str = "wx-zhang", **more: Any) -> str:
    """What the robot answers, without a wire."""
    from alerts.ears.heard import Heard

    given = {"platform": "wecombot", "id": f"{text}{user}", "people": (user,), **more}
    return hearing.hear(world.app, Heard(text=text, **given)).text


def test_a_stranger_is_refused_kindly_and_told_how_to_be_known(opened: Opened) -> None:
    world = opened()
    told = say(world, "1", "wx-nobody")
    assert "还不认识你" in told
    assert "wecombot: wx-nobody" in told
    assert "wx-nobody" not in say(world, "1", "wx-nobody", group=True)
    assert incident(world).lifecycle is Lifecycle.OPEN
    assert commands(world) == 0


def test_other_words_are_answered_with_how_to_answer(opened: Opened) -> None:
    assert "1 我来处理" in say(opened(), "怎么回事")


def test_an_unknown_code_answers_nothing(opened: Opened) -> None:
    world = opened()
    assert "没有编号为 ZZZ" in say(world, "1 ZZZ")
    assert commands(world) == 0


def test_who_is_called_by_several_incidents_must_say_which(opened: Opened) -> None:
    world = opened()
    other = "清河互联网医院第2科11月18日误诊，孩子住院，病历在，2号楼"
    world.post(item(2, other))
    world.decide()
    world.deliver()
    with world.app.database.reading() as session:
        active = incidents.all_incidents(session, active=True)
    assert len(active) == 2
    told = say(world, "1")
    assert all(one.code in told for one in active)
    assert commands(world) == 0
    assert "已记下" in say(world, f"1 {active[1].code}")


def test_who_is_not_called_needs_the_code(opened: Opened) -> None:
    world = opened()
    assert "没有在呼叫你" in say(world, "1", "wx-wang")
    assert "已记下" in say(world, f"1 {incident(world).code}", "wx-wang")


def test_an_answer_said_before_the_incident_grew_louder_does_not_silence_it(
    opened: Opened,
) -> None:
    world = opened()
    before = world.now
    button = action(world)
    world.now += MINUTE
    louder = Command("c1", Kind.CONFIRM_TIER, "wang", world.now, args={"tier": "red"})
    obey.command(world.app, incident(world).code, louder)

    assert "又升级" in say(world, "1", at=before)
    assert "又升级" in say(world, "", action=button)
    assert incident(world).acked_by is None
    assert "已记下" in say(world, "1 ", at=world.now)


def test_an_incident_that_has_ended_is_not_answered_any_more(opened: Opened) -> None:
    world = opened()
    code = incident(world).code
    obey.command(world.app, code, Command("c1", Kind.DISMISS, "wang", world.now, reason="误会"))
    assert "没有记下" in say(world, f"1 {code}")
    assert "没有在呼叫你" in say(world, "1")


@pytest.mark.parametrize("button", ["", "x", "ack", "ack.1", "ack.1.x", "drop.1.1", "ack.²." * 9])
def test_a_button_that_is_none_of_ours_does_nothing(opened: Opened, button: str) -> None:
    world = opened()
    assert say(world, "没有", action=button)
    assert commands(world) == 0


def test_a_call_tells_how_to_answer_where_its_person_is_known_and_only_there(
    feishu: LarkPlatform, opened: Opened
) -> None:
    world = opened(**on_feishu(feishu))
    code = incident(world).code
    assert f"在飞书里发给烽燧机器人「1 {code}」也行" in world.bots.to("zhang-bot")[-1].body
    assert "机器人" not in world.bots.to("group")[-1].body
    assert "机器人" not in opened().bots.to("zhang-bot")[-1].body


def test_a_message_delivered_again_after_a_crash_is_one_command_and_told_again(
    opened: Opened,
) -> None:
    world = opened()
    first = say(world, "1")
    world.restart()
    other = "清河互联网医院第2科11月18日误诊，孩子住院，病历在，2号楼"
    world.post(item(2, other))
    world.decide()
    world.deliver()
    assert say(world, "1") == first, "a bare number goes where it went, not to what calls by now"
    assert commands(world) == 1


def test_a_daemon_that_stops_leaves_no_connection_open(
    robot: WecomPlatform, opened: Opened
) -> None:
    world = opened(**on_wecom(robot))
    robot.line.connection()
    listener = ear(world)
    daemon = Daemon(world.app, idle_seconds=0.05)
    running = threading.Thread(target=daemon.run)
    running.start()
    daemon.stop()
    running.join()
    assert listener.stopped
    assert world.app.listening.ears == {}
