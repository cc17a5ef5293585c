"""Who may speak for whom: logged in as oneself, or with the six digits on one's own phone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from cli_world import World, build

from monitor.cli.people import is_owner


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> World:
    return build(tmp_path, monkeypatch, capsys)


def phone(world: World) -> pyotp.TOTP:
    """Enrol 王某 as the machine's owner does, and return what is on the phone then."""
    said = world.run("people", "enrol", "wang")
    assert said.code == 0, said.err
    return pyotp.TOTP(said.out.split("密钥：")[1].split()[0])


def ack(world: World, code: str, who: str) -> tuple[int, str]:
    answer = world.run("incidents", "ack", code, "--as", who)
    return answer.code, answer.err


def test_nobody_speaks_for_somebody_else_by_naming_them(world: World) -> None:
    code = world.crisis()
    status, said = ack(world, code, "wang:123456")
    assert status == 2
    assert "还没有动态码" in said


def test_the_code_on_the_phone_proves_who_it_is_once(world: World) -> None:
    code, totp = world.crisis(), phone(world)
    digits = totp.at(world.now)

    assert ack(world, code, f"wang:{digits}")[0] == 0
    assert "王某" in world.run("incidents", "show", code).out

    assert "刚用过" in ack(world, code, f"wang:{digits}")[1]


@pytest.mark.parametrize(("seconds", "status"), [(59, 0), (60, 2)])
def test_a_slow_hand_is_forgiven_half_a_minute_and_no_more(
    world: World, seconds: int, status: int
) -> None:
    code, totp = world.crisis(), phone(world)
    digits = totp.at(world.now)  # the house begins with the minute
    world.later(seconds=seconds)
    assert ack(world, code, f"wang:{digits}")[0] == status


def guess(world: World, totp: pyotp.TOTP) -> str:
    """A code that is not the right one now."""
    return "000000" if totp.at(world.now) != "000000" else "111111"


def test_after_five_wrong_codes_a_guess_takes_three_minutes(world: World) -> None:
    code, totp = world.crisis(), phone(world)
    for _ in range(5):
        assert "不对" in ack(world, code, f"wang:{guess(world, totp)}")[1]
    assert "连错太多次" in ack(world, code, f"wang:{totp.at(world.now)}")[1]
    world.later(minutes=4)
    assert "不对" in ack(world, code, f"wang:{guess(world, totp)}")[1]
    assert "连错太多次" in ack(world, code, f"wang:{totp.at(world.now)}")[1]
    world.later(minutes=4)
    assert ack(world, code, f"wang:{totp.at(world.now)}")[0] == 0


def test_whoever_guesses_locks_nobody_else_out(world: World) -> None:
    code, totp = world.crisis(), phone(world)
    for _ in range(9):
        world.run("incidents", "ack", code, "--as", f"wang:{guess(world, totp)}", who="li")

    assert ack(world, code, f"wang:{totp.at(world.now)}")[0] == 0


def test_a_lost_phone_is_revoked_and_a_new_one_makes_the_old_worthless(world: World) -> None:
    code, old = world.crisis(), phone(world)
    new = phone(world)
    assert ack(world, code, f"wang:{old.at(world.now)}")[0] == 2
    world.later(minutes=2)
    assert ack(world, code, f"wang:{new.at(world.now)}")[0] == 0

    assert world.run("people", "revoke", "wang").code == 0
    assert "还没有动态码" in ack(world, code, f"wang:{new.at(world.now + timedelta(0, 90))}")[1]
    assert world.run("people", "revoke", "wang").code == 2


def test_only_an_operator_or_the_owner_of_the_machine_hands_codes_out(world: World) -> None:
    said = world.run("people", "enrol", "li", who="zhang")
    assert (said.code, "只有运维" in said.err) == (2, True)
    assert world.run("people", "list", "--json").json()[1]["enrolled"] is False


def test_the_secret_is_the_owners_alone_and_in_no_backup_of_the_database(world: World) -> None:
    secret = phone(world).secret
    file = world.folder / "data" / "codes" / "wang.secret"
    assert file.stat().st_mode & 0o077 == 0
    assert secret.encode() not in world.database.read_bytes()


def test_without_a_terminal_the_code_has_to_be_written_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = world.crisis()
    phone(world)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert "六位动态码" in ack(world, code, "wang")[1]


@pytest.mark.parametrize(
    ("user", "behind", "owner"),
    [(0, "guest", True), (990, None, True), (990, "guest", False), (1000, None, False)],
)
def test_rights_lent_by_sudo_are_not_the_owners(
    user: int, behind: str | None, *, owner: bool
) -> None:
    assert is_owner(user, 990, behind) is owner


def test_under_sudo_nobody_brings_a_list_of_people_of_their_own(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = world.crisis()
    monkeypatch.setenv("SUDO_USER", "zhang")
    world.config.chmod(0o666)
    said = world.run("incidents", "ack", code, who="zhang")
    assert (said.code, "别人改不了的配置" in said.err) == (2, True)
    world.config.chmod(0o644)
    assert world.run("incidents", "ack", code, who="zhang").code == 0
