"""What every command needs: configuration, application, who is asking, and how to answer."""

from __future__ import annotations

import getpass
import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from monitor.app import App
from monitor.clock import Clock
from monitor.config import ConfigError, Settings, load
from monitor.system_user import user_name
from monitor.vault import VaultError

DEFAULT_CONFIG = Path("fengsui.yaml")
ConfigOption = Annotated[
    Path,
    typer.Option("--config", "-c", envvar="FENGSUI_CONFIG", help="配置文件", show_default=True),
]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取")]
ActorOption = Annotated[
    str | None,
    typer.Option(
        "--as",
        envvar="FENGSUI_ACTOR",
        help="替没有登录名的人署名：编号，或 编号:动态码；默认按系统用户",
    ),
]

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault
    """Bad input: the message says in Chinese what is wrong and what to do; exit code 2."""


def fail(sentence: str, code: int = 2) -> NoReturn:
    """Print one sentence on standard error and leave."""
    errors.print(sentence, style="red", markup=False, soft_wrap=True)
    sys.exit(code)


def read_settings(config: Path, *, outward: bool = True) -> Settings:
    """The configuration, or a Refusal that lists everything wrong with it."""
    try:
        return load(config, os.environ, outward=outward)
    except ConfigError as error:
        raise Refusal(str(error)) from error


@contextmanager
def opened(config: Path, *, outward: bool = False) -> Iterator[App]:
    """The application of a configuration, closed at the end; `outward` if it sends or crawls.

    Whoever acknowledges at night has the daemon's secrets in no shell of theirs, and needs none.
    """
    from monitor import bootstrap
    from monitor.stations.obey import RefusedError

    settings = read_settings(_trusted(config), outward=outward)
    clock = _drill_clock(settings, outward=outward)
    try:
        app = bootstrap.build(settings, clock) if clock else bootstrap.build(settings)
    except bootstrap.StartError as error:
        raise Refusal(str(error)) from error
    try:
        yield app
    except (RefusedError, VaultError, bootstrap.StartError) as error:
        raise Refusal(str(error)) from error
    finally:
        app.database.close()


def _drill_clock(settings: Settings, *, outward: bool) -> Clock | None:
    """The clock of a drill, if this is a drill's folder; nothing but the drill sends from there."""
    from monitor.drill.clock import clock_of

    clock = clock_of(Path(settings.data_dir))
    if clock is None:
        return None
    if outward:
        raise Refusal(
            "这是演练的配置，只能用来应答；要运行烽燧或试渠道，"
            "请换回真的配置（-c 或 FENGSUI_CONFIG）"
        )
    at = clock().astimezone(settings.zone)
    errors.print(f"【演练】这是演练，演练的钟 {at:%m-%d %H:%M}", style="yellow", markup=False)
    return clock


def _trusted(config: Path) -> Path:
    """The file, if whoever typed sudo cannot have written it: it says who is who.

    A rule of sudo that lets people run this as another user lets them name any file.
    """
    if not os.environ.get("SUDO_USER") or not config.exists():
        return config
    real = config.resolve()
    for one in (real, *real.parents):
        status = one.stat()
        shared = (
            status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not status.st_mode & stat.S_ISVTX
        )
        if shared or status.st_uid not in (0, os.getuid()):
            raise Refusal(
                f"通过 sudo 用烽燧，只认别人改不了的配置：请把 {one} 交给 root 或运行烽燧的用户，"
                "去掉同组和其他人的写权限"
            )
    return real


def actor(app: App, wanted: str | None) -> str:
    """The person who is asking: whoever is logged in, or the one named who proves it by a code.

    `wanted` is a person's id, or id:code; without a code the terminal asks for it.
    """
    own = me(app.settings)
    if wanted is None:
        if own is None:
            user = system_user(app.settings)
            raise Refusal(
                f"不知道你是谁：请在 fengsui.yaml 的 people 里给自己写上 os_user: {user}，"
                "或用 --as 编号 加手机上的动态码"
            )
        return own
    number, _, code = wanted.partition(":")
    person = known_person(app.settings, number)
    if person != own:
        from monitor.stations import identity

        identity.check(app, person, code or _asked_code(person), system_user(app.settings))
    return person


def me(settings: Settings) -> str | None:
    """The person whose system user this is; None for a stranger."""
    user = system_user(settings)
    return next((one.id for one in settings.people if one.os_user == user), None)


def viewer(app: App, wanted: str | None) -> str | None:
    """Who is looking, where nothing is done in their name: a stranger may look at what is open."""
    return actor(app, wanted) if wanted is not None else me(app.settings)


def known_person(settings: Settings, wanted: str) -> str:
    """The id, if somebody has it."""
    if any(one.id == wanted for one in settings.people):
        return wanted
    known = "、".join(one.id for one in settings.people) or "（名单是空的）"
    raise Refusal(f"people 里没有「{wanted}」；可用的编号：{known}")


def system_user(settings: Settings) -> str:
    """The name of the system user behind this process; no variable can lie about it.

    Under sudo that is the user who typed it, believed only where the process has the rights of
    the data's owner or of root and that account is no person's own.
    """
    own = user_name(os.getuid())
    behind = os.environ.get("SUDO_USER")
    if not behind or any(one.os_user == own for one in settings.people):
        return own
    return behind if os.getuid() in (0, _owner(Path(settings.data_dir))) else own


def _owner(folder: Path) -> int | None:
    return folder.stat().st_uid if folder.exists() else None


def _asked_code(person: str) -> str:
    if not sys.stdin.isatty():
        raise Refusal(f"要证明你是 {person}：写成 --as {person}:六位动态码")
    return getpass.getpass("手机上的六位动态码：")


def print_json(value: Any) -> None:  # noqa: ANN401 - any plain value
    """One JSON document on standard output, readable and stable."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")
