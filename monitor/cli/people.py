"""`fengsui people`: who is known to the program, and the codes that prove it."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Annotated, Any

import segno
import typer

from monitor.app import App
from monitor.cli import show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    Refusal,
    known_person,
    me,
    opened,
    print_json,
)
from monitor.stations import identity
from monitor.stations.obey import new_id
from monitor.store.response_schema import CommandRow

PersonArgument = Annotated[
    str, typer.Argument(metavar="人员编号", help="people 里的 id", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Add `people list|enrol|revoke`."""
    group = typer.Typer(help="人员：谁是谁，怎样认出他", no_args_is_help=True)
    group.command("list")(list_)
    group.command("enrol")(enrol)
    group.command("revoke")(revoke)
    app.add_typer(group, name="people")


def list_(*, as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """列出人员，和每个人靠什么认出来。"""
    with opened(config) as app:
        rows = [_facts(app, one.id) for one in app.settings.people]
    if as_json:
        print_json(rows)
        return
    if not rows:
        show.say("people 里一个人也没有：请写进 fengsui.yaml")
        return
    show.table(
        ("编号", "姓名", "登录名", "动态码"),
        ((one["id"], one["name"], one["os_user"] or "—", _yes(one["enrolled"])) for one in rows),
    )


def _facts(app: App, number: str) -> dict[str, Any]:
    person = next(one for one in app.settings.people if one.id == number)
    return {
        "id": person.id,
        "name": person.name,
        "os_user": person.os_user,
        "roles": list(person.roles),
        "enrolled": identity.is_enrolled(app, person.id),
    }


def _yes(enrolled: Any) -> str:  # noqa: ANN401 - out of plain values
    return "有" if enrolled else "没有"


def enrol(person: PersonArgument, *, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """给这个人做一个动态码，显示二维码一次；旧的随即作废。"""
    with opened(config) as app:
        number = known_person(app.settings, person)
        _record(app, "enrol", number, _operator(app))
        address = identity.enrol(app, number)
    picture = io.StringIO()
    segno.make(address).terminal(out=picture, compact=True)
    show.say(picture.getvalue())
    show.say("请本人用手机上的验证器（微信小程序「腾讯身份验证器」等）扫一扫；只显示这一次")
    show.say(f"扫不了就手工输入密钥：{address.partition('secret=')[2].partition('&')[0]}")
    show.say(f"以后这样署名：fengsui incidents ack 编号 --as {number}，再输入手机上的六位数")


def revoke(person: PersonArgument, *, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """作废这个人的动态码，如手机丢了、人离职了。"""
    with opened(config) as app:
        number = known_person(app.settings, person)
        _record(app, "revoke-code", number, _operator(app))
        if not identity.revoke(app, number):
            raise Refusal(f"{number} 本来就没有动态码")
    show.say(f"已作废 {number} 的动态码")


def _operator(app: App) -> str:
    """Who may hand codes out: an operator, or whoever owns the data and is nobody of the people."""
    who = me(app.settings)
    if who is None:
        owner = Path(app.settings.data_dir).stat().st_uid
        if is_owner(os.getuid(), owner, os.environ.get("SUDO_USER")):
            return "owner"
        raise Refusal("只有运维（roles 里写着 operator 的人）和这台机器的管理员（root）能发动态码")
    if "operator" in next(one.roles for one in app.settings.people if one.id == who):
        return who
    raise Refusal("只有运维（roles 里写着 operator 的人）和这台机器的管理员（root）能发动态码")


def is_owner(user: int, owner: int, behind: str | None) -> bool:
    """Whether this process speaks for the machine: root does, and who owns the data by login.

    A stranger whom sudo lends the owner's rights does not: a code is somebody else's signature.
    """
    return user == 0 or (user == owner and not behind)


def _record(app: App, kind: str, subject: str, by: str) -> None:
    with app.database.transaction() as session:
        session.add(
            CommandRow(
                id=new_id(), kind=kind, actor=by, at=app.clock(), subject=subject, refused=None
            )
        )
