"""What every command needs: configuration, application, who is asking, and how to answer."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from monitor.app import App
from monitor.config import ConfigError, Settings, load
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
        "--as", envvar="FENGSUI_ACTOR", help="操作人编号（people 里的 id）；默认按系统用户"
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

    try:
        app = bootstrap.build(read_settings(config, outward=outward))
    except bootstrap.StartError as error:
        raise Refusal(str(error)) from error
    try:
        yield app
    except (RefusedError, VaultError, bootstrap.StartError) as error:
        raise Refusal(str(error)) from error
    finally:
        app.database.close()


def actor(settings: Settings, wanted: str | None) -> str:
    """The person who is asking: the one named, else the one whose system user this is.

    Under sudo that is the user who typed it, not the one whose rights it runs with.
    """
    user = os.environ.get("SUDO_USER") or getpass.getuser()
    for person in settings.people:
        if person.id == wanted or (wanted is None and person.os_user == user):
            return person.id
    if wanted is not None:
        known = "、".join(person.id for person in settings.people) or "（名单是空的）"
        raise Refusal(f"people 里没有「{wanted}」；可用的编号：{known}")
    raise Refusal(
        f"不知道你是谁：请用 --as 编号，或在 fengsui.yaml 的 people 里给自己写上 os_user: {user}"
    )


def print_json(value: Any) -> None:  # noqa: ANN401 - any plain value
    """One JSON document on standard output, readable and stable."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")
