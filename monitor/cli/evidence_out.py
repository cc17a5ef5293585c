"""`fengsui evidence export|verify`: hand a capture over; check one, here or where it was handed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy import select

from monitor.app import App
from monitor.cli import evidence_page, show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ActorOption,
    ConfigOption,
    JsonOption,
    Refusal,
    actor,
    opened,
    print_json,
)
from monitor.stations.restriction import hidden_codes
from monitor.store.evidence_schema import EvidenceRow

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from monitor.evidence.verify import Bundle, Finding

IdentityOption = Annotated[
    Path | None,
    typer.Option("--identity", metavar="私钥文件", help="法务的私钥，用来打开", show_default=False),
]


def export(
    code: Annotated[str, typer.Argument(metavar="证据编号", help="如 E0001", show_default=False)],
    out: Annotated[
        Path,
        typer.Argument(
            metavar="文件夹或ZIP", help="写到哪里；以 .zip 结尾就打包", show_default=False
        ),
    ],
    *,
    identity: IdentityOption = None,
    who: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """导出一份证据，带中文封面、哈希清单和保管记录，可交公证处或可信时间戳服务。"""
    from monitor.evidence import cover
    from monitor.evidence import export as exporter
    from monitor.evidence.verify import verify as examine

    if out.exists():
        raise Refusal(f"{out} 已经存在，不覆盖：请换一个名字")
    key_file = _key(identity)
    with opened(config) as app:
        person, now = actor(app, who), app.clock()
        with app.database.reading() as session:
            hidden = hidden_codes(app, session, person)
        row = _row(app, code, hidden)
        bundle = _bundle(app, row.code)
        found = examine(bundle, _roots(app), key_file)
        _stop_if_bad(found)
        with _in_the_log(app, person, row.code, now, opened=identity is not None):
            bundle = _to_hand_over(app, row, key_file)
            files = exporter.files_of(bundle)
            people = {one.id: one.name for one in app.settings.people}
            zone = app.settings.zone
            files[exporter.COVER] = cover.cover(bundle, files, found, people, zone, now)
            exporter.write(exporter.with_hashes(files), out)
    show.say(f"✓ {row.code} 已导出到 {out}，先打开 {exporter.COVER}。", style="green")
    if identity is None:
        show.say("  内容仍是封存的；法务加上 --identity 私钥文件 可以导出打开的。", style="dim")


@contextmanager
def _in_the_log(app: App, person: str, code: str, now: datetime, *, opened: bool) -> Iterator[None]:
    """Note an export before anything leaves the house, and once more if nothing did.

    The log goes out with the copy, and no copy may be there that it does not tell of.
    """
    from monitor.evidence import custody

    with app.database.transaction() as session:
        custody.append(session, person, "exported", code, now, opened=opened)
    try:
        yield
    except BaseException:
        with app.database.transaction() as session:
            custody.append(session, person, "export_failed", code, now)
        raise


def _stop_if_bad(found: list[Finding]) -> None:
    bad = [one.text for one in found if one.good is False]
    if bad:
        raise Refusal("核验没有通过，没有导出：\n" + "\n".join(f"  ✗ {one}" for one in bad))


def verify(
    codes: Annotated[
        list[str] | None,
        typer.Argument(metavar="证据编号", help="不写就核验全部", show_default=False),
    ] = None,
    *,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder",
            metavar="文件夹或ZIP",
            help="核验导出的一份，不需要数据库",
            show_default=False,
        ),
    ] = None,
    roots: Annotated[
        Path | None,
        typer.Option(
            "--roots", metavar="PEM", help="时间戳根证书；不写用配置里的", show_default=False
        ),
    ] = None,
    identity: IdentityOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """核验证据：每个哈希、保管记录的链条、时间戳；有一处不对就退出码 1。"""
    key_file = _key(identity)
    if folder is not None:
        results = {folder.name: _outside(folder, roots, key_file)}
    else:
        with opened(config) as app:
            results = _inside(app, codes or [], roots, key_file)
    bad = any(one.good is False for found in results.values() for one in found)
    if as_json:
        print_json(
            [
                {"code": code, "good": one.good, "text": one.text}
                for code, found in results.items()
                for one in found
            ]
        )
    else:
        _print(results, bad=bad)
    raise typer.Exit(1 if bad else 0)


def _print(results: dict[str, list[Finding]], *, bad: bool) -> None:
    if not results:
        show.say("没有可核验的证据。")
        return
    for code, found in results.items():
        show.say(f"{code}")
        evidence_page.findings(found)
    if bad:
        show.say("核验没有通过：请保留现场，不要再动这些文件，通知法务。", style="red")
    else:
        show.say("✓ 核验通过。", style="green")


def _outside(folder: Path, roots: Path | None, key_file: str | None) -> list[Finding]:
    from monitor.evidence import export as exporter
    from monitor.evidence.timestamp import StampError, load_roots
    from monitor.evidence.verify import Finding
    from monitor.evidence.verify import verify as examine

    try:
        return examine(exporter.read(folder), load_roots(roots), key_file)
    except StampError as error:
        raise Refusal(str(error)) from error
    except exporter.ExportError as error:
        return [Finding(good=False, text=str(error))]


def _inside(
    app: App, codes: list[str], roots: Path | None, key_file: str | None
) -> dict[str, list[Finding]]:
    from monitor.evidence.verify import verify as examine

    with app.database.reading() as session:
        every = session.scalars(select(EvidenceRow).where(EvidenceRow.purged_at.is_(None)))
        known = [row.code for row in every]
    # Everybody may check that nothing was changed: what is said tells of no incident.
    wanted = [_row(app, code).code for code in codes] or known
    trusted = _roots(app, roots)
    return {code: examine(_bundle(app, code), trusted, key_file) for code in wanted}


def _row(app: App, code: str, hidden: Collection[str | None] = ()) -> EvidenceRow:
    number = code.strip().upper().removeprefix("E")
    with app.database.reading() as session:
        known = re.fullmatch(r"\d{1,9}", number)
        row = session.get(EvidenceRow, int(number)) if known else None
    if row is None or row.incident in hidden:
        raise Refusal(f"没有证据「{show.line(code, 20)}」：用 fengsui evidence list 查编号")
    if row.purged_at is not None:
        day = f"{row.purged_at.astimezone(app.settings.zone):%Y-%m-%d}"
        raise Refusal(f"{row.code} 已在 {day} 到期清除，只剩哈希和保管记录")
    return row


def _bundle(app: App, code: str) -> Bundle:
    """A capture as it lies on the shelf, with the whole custody log."""
    from monitor.evidence import custody
    from monitor.evidence.shelf import MANIFEST, SEALED, STAMP, Shelf
    from monitor.evidence.verify import Bundle

    shelf = Shelf(app.settings.data_dir)
    with app.database.reading() as session:
        log = custody.entries(session)
    return Bundle(
        code, shelf.read(code, MANIFEST), shelf.read(code, SEALED), shelf.read(code, STAMP), log
    )


def _to_hand_over(app: App, row: EvidenceRow, key_file: str | None) -> Bundle:
    """The same for outsiders: the log without words on other matters, opened if there is a key."""
    from monitor.evidence import custody, manifest
    from monitor.evidence.sealing import unseal

    whole = _bundle(app, row.code)
    with app.database.reading() as session:
        log = custody.entries(session, {row.code, row.incident or row.code})
    contents = manifest.unbundle(unseal(whole.sealed or b"", key_file)) if key_file else None
    return replace(whole, log=log, contents=contents)


def _roots(app: App, named: Path | None = None) -> list[Certificate]:
    from monitor.evidence.timestamp import StampError, load_roots

    try:
        return load_roots(named or app.settings.evidence.timestamp_roots)
    except StampError as error:
        raise Refusal(str(error)) from error


def _key(identity: Path | None) -> str | None:
    if identity is None:
        return None
    try:
        return identity.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Refusal(f"读不了私钥文件 {identity}：请核对路径和权限") from None
