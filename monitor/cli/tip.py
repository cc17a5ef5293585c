"""`fengsui tip`: what colleagues saw in closed groups: report it, list it, look at it."""

from __future__ import annotations

import sys
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from sqlalchemy import select

from crawlers.system_errors import reason
from monitor.app import App
from monitor.cli import show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ActorOption,
    ConfigOption,
    JsonOption,
    Refusal,
    actor,
    opened,
    print_json,
    viewer,
)
from monitor.cli.guard import entitled
from monitor.cli.writing import write_new
from monitor.stations.restriction import hidden_codes
from monitor.store.private_schema import TipRow
from monitor.vault import VaultError

if TYPE_CHECKING:
    from crawlers.receivers.mail import File, Letter

READERS = ("oncall", "commander", "monitor", "service", "legal")
HERE = "本机上报"
LONGEST = 20_000  # characters of a note


def register(app: typer.Typer) -> None:
    """Add `tip add|list|show`."""
    group = typer.Typer(help="员工上报：群里、视频号里看到的截图、视频、链接", no_args_is_help=True)
    group.command("add")(add)
    group.command("list")(list_)
    group.command("show")(show_one)
    app.add_typer(group, name="tip")


def add(
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="文件、网址或 -", help="可以写几个；- 从标准输入读文字"),
    ] = None,
    *,
    note: Annotated[str, typer.Option("--note", "-m", metavar="文字", help="看到了什么")] = "",
    where: Annotated[str, typer.Option("--where", metavar="文字", help="在哪里，如 微信群")] = "",
    who: ActorOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """上报截图、视频或链接：封存，立候选，提醒值班的人判断。"""
    from monitor.stations import tips

    letter = _letter(what or [], note, where)
    with opened(config) as app:
        person, now = actor(app, who), app.clock()
        row = app.database.repeat(
            lambda session: tips.take_one(app, session, letter, HERE, now, person)
        )
    if row is None:
        raise Refusal("一模一样的刚刚报过了，没有再立：用 fengsui tip list 看看")
    if as_json:
        print_json({"id": row.code, "incident": row.incident, "evidence": row.evidence})
        return
    show.say(f"✓ 已收下 {row.code}，候选 {row.incident} 等人判断。谢谢！", style="green")
    if row.evidence:
        show.say(f"  附件另封了一份给法务：{row.evidence}")


def _letter(what: list[str], note: str, where: str) -> Letter:
    from crawlers.receivers.mail import Letter, links_of

    words, links, files = [show.wording(note)], [], []
    for one in what:
        if one == "-":
            words.append(show.wording(sys.stdin.read(LONGEST)))
        elif one.lower().startswith(("http://", "https://")):
            links.append(one)
        else:
            files.append(_file(Path(one)))
    text = "\n".join(word for word in words if word)
    links = [*links, *links_of(text)]
    if not (text or links or files):
        raise Refusal("没有内容：写上文件、网址，或用 --note 说看到了什么")
    seen = sha256("\x1f".join([text, *links, *(one.sha256 for one in files)]).encode())
    return Letter(
        sender="",
        subject=show.wording(where)[:200],
        text=text[:LONGEST],
        links=tuple(dict.fromkeys(links)),
        files=tuple(files),
        key=seen.hexdigest(),
    )


def _file(path: Path) -> File:
    from crawlers.receivers.mail import LARGEST, file_of

    try:
        if path.stat().st_size > LARGEST:
            raise Refusal(f"{path} 超过 {LARGEST // 1_000_000} MB：请剪短，或只报链接")
        made = file_of(path.name, path.read_bytes())
    except OSError as error:
        raise Refusal(f"{path} 读不了（{reason(error)}）：请检查路径和权限") from error
    if made is None:
        raise Refusal(f"{path} 不是图片、视频、录音或 PDF：文字请用 --note，或从标准输入（-）给")
    return made


def list_(
    *,
    who: ActorOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """列出上报：谁、什么时候、几个附件、哪个候选；没有一句内容。"""
    with opened(config) as app:
        person = viewer(app, who)
        with app.database.reading() as session:
            hidden = hidden_codes(app, session, person)
            found = session.scalars(select(TipRow).order_by(TipRow.id.desc()).limit(200))
            rows = [row for row in found if row.incident not in hidden]
        now = app.clock()
        if as_json:
            print_json([_plain(app, row) for row in rows])
        elif rows:
            titles = ("编号", "时间", "谁报的", "品牌", "附件、链接", "事件")
            show.table(titles, (_cells(app, row, now) for row in rows))
        else:
            show.say("还没有上报。上报：fengsui tip add 截图.png --note 看到了什么")


def _plain(app: App, row: TipRow) -> dict[str, Any]:
    return {
        "id": row.code,
        "at": show.stamp(row.at, app.settings.zone),
        "by": row.actor,
        "source": row.source,
        "brand": row.brand,
        "files": row.files,
        "links": row.links,
        "incident": row.incident,
        "evidence": row.evidence,
    }


def _cells(app: App, row: TipRow, now: datetime) -> tuple[str, ...]:
    names = {one.id: one.name for one in app.settings.people}
    return (
        row.code,
        show.when(row.at, app.settings.zone, now),
        names.get(row.actor, "邮件"),
        row.brand,
        f"{row.files}、{row.links}",
        row.incident or "—",
    )


def show_one(
    number: Annotated[str, typer.Argument(metavar="编号", help="如 R12", show_default=False)],
    *,
    save: Annotated[
        Path | None,
        typer.Option(
            "--save", metavar="文件夹", help="把附件存到这里，看完请删", show_default=False
        ),
    ] = None,
    who: ActorOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """看一份上报的全文，--save 取出附件；看过会留下记录。"""
    with opened(config) as app:
        row = _wanted(app, number)
        person = entitled(app, who, READERS, "tip.show", row.code, rota=True)
        with app.database.reading() as session:
            if row.incident in hidden_codes(app, session, person):
                raise _unknown(row.code)
        said = _opened(app, row)
        saved = _save(app, row, said, save) if save else []
        if as_json:
            told = {name: value for name, value in said.items() if name != "key"}
            print_json(_plain(app, row) | told | {"saved": saved})
            return
        _print(app, row, said, saved)


def _wanted(app: App, number: str) -> TipRow:
    wanted = show.number(number.strip().lstrip("Rr"), "用 fengsui tip list 查")
    with app.database.reading() as session:
        row = session.get(TipRow, wanted)
    if row is None:
        raise _unknown(f"R{wanted}")
    return row


def _unknown(code: str) -> Refusal:
    return Refusal(f"没有上报 {code}：用 fengsui tip list 查")


def _opened(app: App, row: TipRow) -> dict[str, Any]:
    try:
        return app.vault.open(row.content)
    except VaultError as error:
        raise Refusal(str(error)) from error


def _print(app: App, row: TipRow, said: dict[str, Any], saved: list[str]) -> None:
    show.say("｜".join(_cells(app, row, app.clock())[:4]), style="bold")
    for text in (said["subject"], said["text"]):
        if text:
            show.say(show.safe(text))
    for link in said["links"]:
        show.say(f"  链接 {show.line(link, 300)}")
    for place, one in enumerate(said["files"], 1):
        show.say(f"  附件 {place}：{show.line(one['name'])}（{one['bytes'] / 1000:.0f} KB）")
    for one in said["left_out"]:
        show.say(f"  ! {show.line(one, 200)}", style="yellow")
    for name in saved:
        show.say(f"  已存到 {name}", style="green")
    show.say(f"判断：fengsui incidents confirm {row.incident} 或 dismiss；网上有帖子了：first-post")


def _save(app: App, row: TipRow, said: dict[str, Any], folder: Path) -> list[str]:
    """Write the files under names of ours: what a sender calls them is no path."""
    from cryptography.fernet import InvalidToken

    from monitor.stations.tip_shelf import TipShelf

    saved = []
    for number, one in enumerate(said["files"], 1):
        target = folder / f"{row.code}-{number}.{one['suffix']}"
        try:
            content = TipShelf(app).read(row.code, number, said["key"])
        except InvalidToken:
            raise Refusal(f"附件 {number} 打不开：文件被改动过") from None
        except OSError as error:
            raise Refusal(f"附件 {number} 读不了：{reason(error)}") from error
        write_new(target, content)
        saved.append(str(target))
    return saved
