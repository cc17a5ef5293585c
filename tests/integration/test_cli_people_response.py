"""The playbook and the statement as people work through them, through the program itself."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import cli_world
import pytest
from cli_world import World

from monitor.domain.statement import text_hash

TEXT = "我们注意到网上的讨论，正在核实，今天18:00前公布进展。"


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    return cli_world.build(tmp_path, monkeypatch, capsys)


@pytest.fixture
def code(world: World) -> str:
    found = world.crisis()
    world.run("incidents", "ack", found, who="zhang")
    world.run(
        "incidents", "assign", found, "--commander", "zhang", "--spokesperson", "li", who="zhang"
    )
    return found


def steps(world: World, code: str) -> dict[str, dict[str, object]]:
    found = world.run("playbook", "show", code, "--json").json()
    return {one["step"]: one for one in found}


def test_the_playbook_shows_role_exit_criterion_and_the_next_template(
    world: World, code: str
) -> None:
    page = world.run("playbook", "show", code).out
    assert "确认级别和类型  总指挥｜代号 confirm-tier" in page
    assert "完成标准：级别有人署名确认" in page
    assert "【定级卡】" in page
    assert "您好，您反映的情况" not in page, "later templates wait for their turn"
    assert "您好，您反映的情况" in world.run("playbook", "show", code, "--full").out


def test_a_late_step_says_how_many_minutes_and_counts_them_in_json(world: World, code: str) -> None:
    assert steps(world, code)["confirm-tier"]["minutes_late"] == 0
    world.later(minutes=12)
    assert "已超 7 分钟" in world.run("playbook", "show", code).out
    found = steps(world, code)
    assert found["confirm-tier"]["minutes_late"] == 7
    assert found["evidence"]["minutes_late"] == 0, "what is done is not late"
    assert found["facts"]["template"]


def test_a_step_is_done_with_a_note_and_the_next_one_named(world: World, code: str) -> None:
    answer = world.run("playbook", "done", code, "confirm-tier", "--note", "误诊类", who="zhang")
    assert answer.code == 0
    assert "「确认级别和类型」已完成" in answer.out
    assert "下一步：客服口径第一版（客服）" in answer.out
    step = steps(world, code)["confirm-tier"]
    assert (step["status"], step["done_by"], step["note"]) == ("done", "zhang", "误诊类")


def test_a_step_is_skipped_only_with_a_reason(world: World, code: str) -> None:
    assert world.run("playbook", "skip", code, "hold-lines", who="zhang").code == 2
    skip = ("playbook", "skip", code, "hold-lines", "--reason", "没有来电")
    assert "已跳过" in world.run(*skip, who="zhang").out
    undone = world.run("playbook", "done", code, "hold-lines", who="zhang")
    assert undone.code == 2, "what was skipped stays skipped"


def test_an_unknown_step_is_refused(world: World, code: str) -> None:
    answer = world.run("playbook", "done", code, "nonsense", who="zhang")
    assert answer.code == 2
    assert "没有步骤 nonsense" in answer.err


def test_a_done_step_renews_the_lease(world: World, code: str) -> None:
    world.later(minutes=30)
    world.run("playbook", "done", code, "hold-lines", who="zhang")
    plain = world.run("incidents", "show", code, "--json").json()
    assert plain["lease_until"] == "2026-11-22T12:30:00+08:00"


def test_a_statement_goes_from_facts_to_published(world: World, code: str) -> None:
    draft = ("statement", "draft", code, "--fact", "已成立核查小组", "--text", TEXT)
    assert "草稿已保存" in world.run(*draft, who="li").out
    assert steps(world, code)["draft"]["status"] == "open", "a draft is done when it is submitted"
    assert text_hash(TEXT)[:12] in world.run("statement", "submit", code, who="li").out
    assert steps(world, code)["draft"]["status"] == "done"
    first = world.run("statement", "approve", code, who="wang")
    assert TEXT[:20] in first.out
    assert text_hash(TEXT)[:12] in first.out
    assert "还差法务" in first.out
    assert "法务身份" in world.run("statement", "approve", code, who="zhao").out
    publish = ("statement", "publish", code, "--url", "https://qinghe.example.cn/1")
    assert world.run(*publish, who="li").code == 0
    plain = world.run("statement", "show", code, "--json").json()
    assert plain["status"] == "published"
    assert [one["role"] for one in plain["approvals"]] == ["medical", "legal"]
    assert {one["text_hash"] for one in plain["approvals"]} == {text_hash(TEXT)}
    found = steps(world, code)
    assert {found[name]["status"] for name in ("facts", "approve", "publish")} == {"done"}
    assert found["publish"]["done_by"] == "li"


def drafted(world: World, code: str) -> None:
    world.run("statement", "draft", code, "--fact", "已核实", "--text", TEXT, who="li")
    world.run("statement", "submit", code, who="li")


def test_one_person_cannot_approve_twice_nor_the_author_at_all(world: World, code: str) -> None:
    drafted(world, code)
    assert world.run("statement", "approve", code, who="li").code == 2
    assert world.run("statement", "approve", code, who="wang").code == 0
    again = world.run("statement", "approve", code, who="wang")
    assert again.code == 2
    assert "已经批准过" in again.err
    assert len(world.run("statement", "show", code, "--json").json()["approvals"]) == 1


def test_approval_names_the_text_that_was_seen(world: World, code: str) -> None:
    drafted(world, code)
    approve = ("statement", "approve", code, "--hash")
    wrong = world.run(*approve, "0000", who="wang")
    assert wrong.code == 2
    assert text_hash(TEXT)[:12] in wrong.err
    assert world.run(*approve, text_hash(TEXT)[:2], who="wang").code == 2, "too short to mean it"
    assert world.run(*approve, text_hash(TEXT)[:8].upper(), who="wang").code == 0


def test_new_words_take_the_approvals_away(world: World, code: str) -> None:
    drafted(world, code)
    world.run("statement", "approve", code, who="wang")
    world.run("statement", "draft", code, "--text", TEXT + "谢谢。", who="li")
    plain = world.run("statement", "show", code, "--json").json()
    assert (plain["status"], plain["approvals"]) == ("draft", [])
    assert plain["facts"] == ["已核实"], "the facts stay"


def test_only_the_spokesperson_or_the_commander_publishes(world: World, code: str) -> None:
    drafted(world, code)
    publish = ("statement", "publish", code, "--url")
    early = world.run(*publish, "https://qinghe.example.cn/1", who="li")
    assert early.code == 2
    assert "先完成两人审批" in early.err
    for person in ("wang", "zhao"):
        world.run("statement", "approve", code, who=person)
    assert world.run(*publish, "https://qinghe.example.cn/1", who="wang").code == 2
    assert world.run(*publish, "qinghe.example.cn", who="li").code == 2
    assert world.run(*publish, "https://qinghe.example.cn/1", who="zhang").code == 0
    assert steps(world, code)["publish"]["done_by"] == "zhang", "who did it, not who might have"


def test_a_role_one_does_not_have_is_refused(world: World, code: str) -> None:
    drafted(world, code)
    assert world.run("statement", "approve", code, "--role", "legal", who="wang").code == 2
    assert world.run("statement", "approve", code, "--role", "boss", who="wang").code == 2


def test_the_words_come_from_a_file_or_standard_input(
    world: World, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "声明.txt"
    file.write_text(f"\ufeff{TEXT}\r\n第二行\x1b[31m\u200b", encoding="utf-8")
    world.run("statement", "draft", code, "--file", str(file), who="li")
    plain = world.run("statement", "show", code, "--json").json()
    assert plain["text"] == f"{TEXT}\n第二行[31m", "control characters and marks are gone"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("从管道来".encode())))
    world.run("statement", "draft", code, "-", who="li")
    assert world.run("statement", "show", code, "--json").json()["text"] == "从管道来"


def test_bad_sources_of_the_words_are_refused(world: World, code: str, tmp_path: Path) -> None:
    (tmp_path / "gbk.txt").write_bytes("声明".encode("gbk"))
    (tmp_path / "big.txt").write_text("字" * 30_000, encoding="utf-8")
    for argv in (
        ["--file", str(tmp_path / "missing.txt")],
        ["--file", str(tmp_path)],
        ["--file", str(tmp_path / "gbk.txt")],
        ["--file", str(tmp_path / "big.txt")],
        ["--text", "一", "--file", str(tmp_path / "gbk.txt")],
        ["正文写错了地方"],
        [],
    ):
        answer = world.run("statement", "draft", code, *argv, who="li")
        assert answer.code == 2, argv
        assert answer.err.strip()
    assert world.run("statement", "show", code).code == 2, "nothing was kept"


def test_an_empty_statement_cannot_be_submitted(world: World, code: str) -> None:
    assert world.run("statement", "submit", code, who="li").code == 2, "there is none yet"
    world.run("statement", "draft", code, "--fact", "已核实", who="li")
    answer = world.run("statement", "submit", code, who="li")
    assert answer.code == 2
    assert "还没有正文" in answer.err
