"""What people on call see and ask of incidents, through the program itself."""

from __future__ import annotations

from pathlib import Path

import cli_world
import pytest
from cli_world import World
from rich.cells import cell_len
from rich.text import Text

from monitor.cli.folding import fold
from monitor.store.response_schema import CommandRow
from monitor.store.schema import MentionRow


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    return cli_world.build(tmp_path, monkeypatch, capsys)


def test_a_database_that_was_never_made_reads_as_no_incidents(world: World) -> None:
    assert not world.database.exists()
    answer = world.run("incidents", "list")
    assert answer.code == 0
    assert "现在没有要处理的事件" in answer.out
    assert world.run("incidents", "list", "--all", "--json").json() == []


def test_the_list_tells_tier_class_state_counts_and_the_next_deadline(world: World) -> None:
    code = world.crisis()
    answer = world.run("incidents", "list")
    for word in (code, "橙色·待核", "清河互联网医院", "患者安全", "待确认", "1条/1来源", "1.2万"):
        assert word in answer.out
    assert "11-22 09:40" in answer.out, "times are shown in the configured zone"
    assert "无人接手" in answer.out
    (plain,) = world.run("incidents", "list", "--json").json()
    assert plain["tier"] == "orange"
    assert plain["first_public_at"] == "2026-11-22T09:40:00+08:00"
    assert plain["next_deadline"] == "2026-11-22T10:05:00+08:00"


def test_no_line_of_the_pages_is_wider_than_eighty_columns(world: World) -> None:
    code = world.crisis()
    for command in (("incidents", "list"), ("incidents", "show", code), ("playbook", "show", code)):
        wide = [line for line in world.run(*command).out.splitlines() if cell_len(line) > 80]
        assert not wide


def test_the_page_tells_why_the_clocks_the_messages_and_the_mentions(world: World) -> None:
    code = world.crisis()
    world.later(hours=1)
    page = world.run("incidents", "show", code.lower()).out
    assert "底线→橙色" in page
    assert "热度分档 30/50/65/80" in page
    assert "连续 6 小时没有触发「橙色」的条件" in page
    assert "舆情时钟  11-22 09:40 起已过 1 小时 20 分，四小时还剩 2 小时 40 分" in page
    assert "响应时钟  11-22 10:00 起已过 1 小时，四小时还剩 3 小时" in page
    assert "https://forum.example.cn/p1" in page
    assert "张某邮箱" in page
    assert "等待发送" in page
    plain = world.run("incidents", "show", code, "--json").json()
    assert [one["left_minutes"] for one in plain["clocks"]] == [160, 180]
    assert [one["kind"] for one in plain["history"]] == ["open"]
    assert plain["evidence"][0]["id"] == 1


def test_the_page_says_who_is_called_and_when_the_next_level_is(world: World) -> None:
    code = world.crisis()
    page = world.run("incidents", "show", code).out
    assert "正在呼叫：第 1 级 张某（第 1 轮）" in page
    assert "11-22 10:15 前没人接手就叫下一级" in page


def test_the_clock_says_how_far_past_four_hours_it_is(world: World) -> None:
    code = world.crisis()
    world.later(hours=4)
    page = world.run("incidents", "show", code).out
    assert "已过 4 小时 20 分，四小时已超 20 分钟" in page
    assert "程序可能没有运行" in page, "nobody called the next level in time"


def test_a_post_cannot_steer_the_terminal_or_pose_as_markup(world: World) -> None:
    code = world.crisis()
    with world.stored() as session:
        row = session.get_one(MentionRow, 1)
        row.text = "[red]假[/red]的\x1b]0;x\x07\x1b[2J\u202e" + row.text
        row.platform = "论坛\x1b[31m"
        row.url = "javascript:alert(1)"
    for command in (("incidents", "show", code), ("mentions", "list"), ("mentions", "show", "1")):
        shown = world.run(*command).out
        assert not set(shown) & {"\x1b", "\x07", "\u202e"}
        assert "[red]假[/red]的" in shown
        assert "javascript" not in shown
    assert "\x1b" not in world.run("incidents", "show", code, "--json").out
    assert "\x1b" not in world.run("topics", "show", "1").out


def test_acknowledging_says_until_when_and_what_is_next(world: World) -> None:
    code = world.crisis()
    answer = world.run("incidents", "ack", code, who="zhang")
    assert answer.code == 0
    assert "由张某接手，不再呼叫其他人" in answer.out
    assert "接手时限：11-22 12:00 前（还有 2 小时）" in answer.out
    assert "确认级别和类型（总指挥）" in answer.out
    (plain,) = world.run("incidents", "list", "--json").json()
    assert (plain["holder"], plain["lifecycle"]) == ("zhang", "responding")
    states = {one["kind"]: one["status"] for one in messages(world, code)}
    assert states["page"] == "cancelled"


def messages(world: World, code: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = world.run("incidents", "show", code, "--json").json()["messages"]
    return found


def test_a_second_person_is_told_to_take_it_with_a_reason(world: World) -> None:
    code = world.crisis()
    world.run("incidents", "ack", code, who="zhang")
    refused = world.run("incidents", "ack", code, who="li")
    assert refused.code == 2
    assert "take" in refused.err
    assert refused.out == ""
    assert world.run("incidents", "take", code, who="li").code == 2
    taken = world.run("incidents", "take", code, "--reason", "换班", who="li")
    assert taken.code == 0
    assert "现在由李某接手" in taken.out


def test_acknowledging_twice_is_no_error_and_says_so(world: World) -> None:
    code = world.crisis()
    world.run("incidents", "ack", code, who="zhang")
    again = world.run("incidents", "ack", code, who="zhang")
    assert again.code == 0
    assert "本来就是这样" in again.out


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("incidents", "show", "ZZZ"), "没有编号为 ZZZ 的事件"),
        (("incidents", "history", "ZZZ"), "没有编号为 ZZZ 的事件"),
        (("playbook", "show", "ZZZ"), "没有编号为 ZZZ 的事件"),
        (("statement", "show", "ZZZ"), "没有编号为 ZZZ 的事件"),
    ],
)
def test_an_unknown_code_is_refused_in_one_sentence(
    world: World, command: tuple[str, ...], sentence: str
) -> None:
    answer = world.run(*command)
    assert answer.code == 2
    assert sentence in answer.err
    assert "Traceback" not in answer.err


def test_what_steers_a_terminal_or_fills_it_is_not_echoed_as_a_code(world: World) -> None:
    for wrong in ("\x1b[31m红", "\u202e反写", "长" * 100_000):
        answer = world.run("incidents", "show", wrong)
        assert answer.code == 2
        assert len(answer.err) < 200
        assert answer.err.replace("\n", "").isprintable()


def test_an_unknown_person_is_refused_with_those_who_are_known(world: World) -> None:
    code = world.crisis()
    answer = world.run("incidents", "ack", code, "--as", "nobody")
    assert answer.code == 2
    assert "zhang" in answer.err
    stranger = world.run("incidents", "ack", code)
    assert (stranger.code, "os_user" in stranger.err) == (2, True)
    named = world.run("incidents", "assign", code, "--commander", "nobody", who="zhang")
    assert named.code == 2
    assert "zhang（张某）" in named.err
    plain = world.run("incidents", "show", code, "--json").json()
    assert plain["commander"] is None


def test_roles_that_are_assigned_finish_their_step(world: World) -> None:
    code = world.crisis()
    world.run("incidents", "ack", code, who="zhang")
    roles = ("--commander", "zhang", "--spokesperson", "li")
    assert "唯一发言人：李某" in world.run("incidents", "assign", code, *roles, who="zhang").out
    steps = world.run("playbook", "show", code, "--json").json()
    assert {one["step"]: one["status"] for one in steps}["roles"] == "done"


def test_confirming_takes_away_the_doubt_and_may_raise(world: World) -> None:
    code = world.crisis()
    assert "已确认为橙色" in world.run("incidents", "confirm", code, who="zhang").out
    assert "待核" not in world.run("incidents", "list").out
    answer = world.run("incidents", "confirm", code, "--tier", "red", who="zhang")
    assert "已确认为红色" in answer.out
    page = world.run("incidents", "show", code).out
    assert "系统判断是橙色" in page
    assert "红色只能由总指挥在声明发布之后下调" in page


def test_red_is_not_lowered_before_a_statement_is_out(world: World) -> None:
    code = world.crisis()
    world.run("incidents", "confirm", code, "--tier", "red", who="zhang")
    world.run("incidents", "assign", code, "--commander", "zhang", who="zhang")
    lower = ("incidents", "lower", code, "--to", "orange", "--reason", "已查清")
    answer = world.run(*lower, who="zhang")
    assert answer.code == 2
    assert "还没有发布声明" in answer.err


def test_a_refused_wish_stays_on_record(world: World) -> None:
    code = world.crisis()
    world.run("incidents", "resolve", code, "--reason", "没事了", who="zhang")
    with world.stored() as session:
        rows = [(row.kind, row.actor, bool(row.refused)) for row in session.query(CommandRow)]
    assert rows == [("resolve", "zhang", True)]


def test_a_pin_until_a_clock_time_means_the_next_one_in_the_local_zone(world: World) -> None:
    code = world.crisis()
    pin = ("incidents", "pin", code, "--reason", "等官方通报", "--until")
    assert "到 11-23 08:00 为止" in world.run(*pin, "08:00", who="zhang").out
    assert "到 11-22 16:00 为止" in world.run(*pin, "6h", who="zhang").out
    naive = world.run(*pin, "2026-11-25 09:30", who="zhang")
    assert "到 11-25 09:30 为止" in naive.out
    plain = world.run("incidents", "show", code, "--json").json()
    assert plain["pin"]["until"] == "2026-11-25T09:30:00+08:00"


@pytest.mark.parametrize("until", ["明天", "25:00", "0h", "2026-13-01", "2020-01-01 08:00", ""])
def test_a_pin_with_a_bad_or_past_end_is_refused(world: World, until: str) -> None:
    code = world.crisis()
    pin = ("incidents", "pin", code, "--reason", "等", "--until", until)
    answer = world.run(*pin, who="zhang")
    assert answer.code == 2
    assert answer.err.strip()
    assert world.run("incidents", "show", code, "--json").json()["pin"] is None


def test_the_whole_way_from_ack_to_closed(world: World) -> None:
    code = world.crisis()
    world.run("incidents", "ack", code, who="zhang")
    assert "转入监测" in world.run("incidents", "stabilise", code, who="zhang").out
    assert "正在处置" in world.run("incidents", "respond", code, who="zhang").out
    resolved = world.run("incidents", "resolve", code, "--reason", "已澄清", who="zhang")
    assert "已平息" in resolved.out
    reopened = world.run("incidents", "reopen", code, "--reason", "又有人发帖", who="zhang")
    assert "已重新打开" in reopened.out
    world.run("incidents", "resolve", code, "--reason", "已澄清", who="zhang")
    assert world.run("incidents", "close", code, who="zhang").code == 2, "without a reason"
    closed = world.run("incidents", "close", code, "--reason", "复盘完成", who="zhang")
    assert "已结案" in closed.out
    assert world.run("incidents", "list", "--json").json() == []
    (plain,) = world.run("incidents", "list", "--all", "--json").json()
    assert plain["lifecycle"] == "closed"
    history = world.run("incidents", "history", code, "--json").json()
    assert [one["version"] for one in history] == list(range(1, len(history) + 1))
    assert "结案" in world.run("incidents", "history", code).out


def test_a_red_false_alarm_needs_two_people(world: World) -> None:
    code = world.crisis()
    world.run("incidents", "confirm", code, "--tier", "red", who="zhang")
    dismiss = ("incidents", "dismiss", code, "--reason", "写的是别家")
    first = world.run(*dismiss, who="zhang")
    assert first.code == 0
    assert "请另一位同事" in first.out
    second = world.run(*dismiss, who="li")
    assert "已作为误报排除" in second.out


def test_a_reason_loses_its_control_characters(world: World) -> None:
    code = world.crisis()
    world.run("incidents", "ack", code, who="zhang")
    reason = "电话\x1b[31m沟通\u200b过\x07"
    world.run("incidents", "take", code, "--reason", reason, who="li")
    history = world.run("incidents", "history", code, "--json").json()
    assert history[-1]["reason"] == "电话[31m沟通过"


def test_a_fold_keeps_words_whole_and_punctuation_off_the_line_starts() -> None:
    text = "运行 fengsui incidents lower 编号，然后（务必）通知「值班」的人。" * 3
    lines = [line.plain for line in fold(Text(text), 24)]
    assert all(cell_len(line) <= 24 for line in lines)
    assert not [line for line in lines if line[0] in "，。）」"]
    assert not [line for line in lines if line[-1] in "（「"]
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert [line for line in lines if "incidents" in line]


def test_a_fold_breaks_what_is_wider_than_the_line() -> None:
    lines = [line.plain for line in fold(Text("https://example.cn/" + "a" * 40), 20)]
    assert max(map(len, lines)) == 20
