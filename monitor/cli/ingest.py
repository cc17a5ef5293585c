"""`ingest`: what people export from other tools comes in, whatever its format."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from crawlers.items import Item
from crawlers.system_errors import reason
from monitor import files
from monitor.app import App
from monitor.cli import preview
from monitor.cli.context import (
    ConfigOption,
    JsonOption,
    Refusal,
    console,
    errors,
    opened,
    print_json,
)
from monitor.cli.ingest_page import is_address, read_page
from monitor.stations.take_in import Intake, full_text, refusal, take_in
from monitor.status import health
from monitor.store.schema import RejectRow
from monitor.text.clean import clean
from monitor.text.pii import mask

BATCH = 500  # items per transaction: an import that is killed loses and doubles nothing
BAR_FROM = 5_000_000  # bytes; smaller files are in before a bar could be read
SHOWN_REJECTS = 5
COUNTED = ("new", "again", "unmatched", "waiting", "private", "private_again")


@dataclass(slots=True)
class Import:
    """One file or page on its way in."""

    name: str
    rejected: list[dict[str, Any]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    seen: preview.Preview = field(default_factory=preview.Preview)
    formats: dict[str, str] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problem: str = ""
    closed: bool = False
    """Whether anything in it is private: then no word of what was refused is kept."""

    def add(self, intake: Intake) -> None:
        """Count what became of a batch."""
        self.counts.update({name: getattr(intake, name) for name in COUNTED})
        self.closed = self.closed or bool(intake.private or intake.private_again)
        self.rejected += [
            _reject(f"编号 {number}", reason, "") for number, reason in intake.rejected
        ]

    def hush(self) -> None:
        """Take the words out of the rejects of a file that holds private records."""
        for one in self.rejected if self.closed else ():
            one["text"] = ""

    def report(self, *, dry_run: bool) -> dict[str, Any]:
        """Return it as a JSON object."""
        counts = {name: self.counts[name] for name in COUNTED}
        self.hush()
        about = {"formats": self.formats, "columns": self.columns, "notes": self.notes}
        shown = {"preview": self.seen.to_json()} if dry_run else {}
        problem = {"problem": self.problem} if self.problem else {}
        return {"file": self.name, **counts, "rejected": self.rejected, **about, **shown, **problem}


def ingest(
    files: Annotated[list[str], typer.Argument(help="导出的文件，可以是 .gz；或一个网页的地址")],
    config: ConfigOption = Path("fengsui.yaml"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会进来什么，不写入")] = False,
    file_format: Annotated[
        str, typer.Option("--format", help="文件格式，auto 表示自己认；其余见 docs/import.md")
    ] = "auto",
    platform: Annotated[
        str, typer.Option("--platform", help="表格没有写平台时，算哪个平台的（如 微博）")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """导入别的工具导出的提及，格式自己认；坏行写明行号和原因，存进旁边的 .rejects.jsonl。"""
    wanted = _known_format(file_format)
    for name in files:
        if not is_address(name) and not Path(name).is_file():
            raise Refusal(f"找不到文件 {name}；请检查路径")
    with opened(config, outward=any(map(is_address, files))) as app:
        reader = _Reader(app, wanted, platform, dry_run=dry_run, quiet=as_json)
        reports = [reader.take(name).report(dry_run=dry_run) for name in files]
        with app.database.reading() as session:
            running = health(app, session, app.clock()).running
        zone = app.settings.zone
    if as_json:
        print_json(reports)
    else:
        for one in reports:
            _print(one, [*preview.lines(one, zone)] if dry_run else [])
        _print_end(reports, dry_run=dry_run, running=running)
    if any("problem" in one for one in reports):
        raise typer.Exit(2)


def _known_format(name: str) -> str | None:
    from crawlers.importers.formats import BY_NAME

    if name == "auto":
        return None
    if name not in BY_NAME:
        raise Refusal(f"不认识格式 {name}；可以写 auto、{'、'.join(BY_NAME)}（见 docs/import.md）")
    return name


@dataclass(frozen=True, slots=True)
class _Reader:
    """Takes files and pages in, or only looks."""

    app: App
    wanted: str | None
    platform: str
    dry_run: bool
    quiet: bool

    def take(self, name: str) -> Import:
        """Take one file or page in; what cannot be read at all is a problem, not the end."""
        from crawlers.importers.platforms import is_private, platform_named
        from crawlers.importers.rows import UnreadableError

        done, now = Import(name), self.app.clock()
        platform = platform_named(self.platform) if self.platform else ""
        done.closed = is_private(platform)
        try:
            if is_address(name):
                self._pages(done, read_page(self.app, name, platform, now), now)
            else:
                self._file(done, Path(name), platform, now)
        except UnreadableError as error:
            done.problem = str(error)
        except OSError as error:
            done.problem = f"读不了（{reason(error)}）；请检查权限和磁盘"
        return done

    def _pages(self, done: Import, items: Iterable[Item], now: datetime) -> None:
        done.add(self._batch(done, list(items), "网址导入", now))

    def _file(self, done: Import, path: Path, platform: str, now: datetime) -> None:
        from crawlers.importers.export import Export

        export = Export(path, now, self.wanted, platform)
        try:
            with _bar(path, quiet=self.quiet) as advance:
                good = _good(export, done)
                while batch := list(islice(good, BATCH)):
                    done.add(self._batch(done, batch, path.name, now))
                    advance(export.share())
        finally:
            found = export.found
            done.formats, done.columns, done.notes = found.formats, found.columns, found.notes
            done.hush()
            if not self.dry_run:
                _keep(self.app, path, done.rejected, now)

    def _batch(self, done: Import, batch: list[Item], source: str, now: datetime) -> Intake:
        if self.dry_run:
            return _would(self.app, done.seen, batch, now)
        return self.app.database.repeat(
            lambda session: take_in(self.app, session, batch, now, source=source)
        )


def _good(rows: Iterable[Any], done: Import) -> Iterator[Item]:
    """Yield the mentions; what is none goes to the rejects."""
    for one in rows:
        if isinstance(one, Item):
            yield one
        else:
            done.rejected.append(_reject(one.place, one.reason, one.text, one.line))


def _would(app: App, seen: preview.Preview, batch: list[Item], now: datetime) -> Intake:
    """What would come in, judged without the store: known posts and reposts are not told apart."""
    intake = Intake()
    for item in batch:
        reason = refusal(item, now)
        if reason is not None:
            intake.rejected.append((item.id, reason))
            continue
        if item.private:
            intake.private += 1
            continue
        text = full_text(item)
        brands = [hit.brand for hit in app.matcher.match(text)]
        seen.add(item, text, brands)
        intake.new += bool(brands)
        intake.unmatched += not brands
    return intake


@contextmanager
def _bar(path: Path, *, quiet: bool) -> Iterator[Any]:
    """Show how far a big file has been read; gives a function that takes the share."""
    hidden = quiet or not errors.is_terminal or path.stat().st_size < BAR_FROM
    with Progress(console=errors, transient=True, disable=hidden) as progress:
        task = progress.add_task(f"导入 {path.name}", total=1.0)
        yield lambda share: progress.update(task, completed=share)


def _reject(place: str, reason: str, text: str, line: int | None = None) -> dict[str, Any]:
    from crawlers.importers.platforms import is_marked_private

    shown = "" if is_marked_private(text) else mask(clean(text))[:500]
    return {"line": line, "place": place, "reason": reason, "text": shown}


def _keep(app: App, file: Path, rejects: list[dict[str, Any]], now: datetime) -> None:
    if not rejects:
        return
    with app.database.transaction() as session:
        for one in rejects:
            said = {name: one[name] for name in ("place", "reason", "text")}
            session.add(RejectRow(at=now, source=file.name, **said))
    target = file.with_name(f"{file.name}.rejects.jsonl")
    lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in rejects)
    try:
        files.put(target, "".join(lines).encode())
    except OSError:
        errors.print(f"{target} 写不进去；被拒的行仍记在数据库里", markup=False)


def _print(report: dict[str, Any], details: list[str]) -> None:
    bad = [f"  {one['place']}：{one['reason']}" for one in report["rejected"][:SHOWN_REJECTS]]
    notes = [f"  {one}" for one in report["notes"]]
    for line in [_sentence(report), *(details if "problem" not in report else []), *notes, *bad]:
        console.print(line, markup=False, soft_wrap=True)
    if "problem" in report:
        said = f"{report['file']}：{report['problem']}"
        errors.print(said, style="red", markup=False, soft_wrap=True)


def _sentence(report: dict[str, Any]) -> str:
    closed = report["private"] + report["private_again"]
    private = f"非公开 {closed} 条（其中新的 {report['private']} 条），" if closed else ""
    return (
        f"{report['file']}：新提及 {report['new']} 条，已有 {report['again']} 条，"
        f"不涉及任何品牌 {report['unmatched']} 条，等原帖 {report['waiting']} 条，"
        f"{private}拒收 {len(report['rejected'])} 行"
    )


def _print_end(reports: list[dict[str, Any]], *, dry_run: bool, running: bool) -> None:
    if dry_run:
        console.print("试读：什么也没有写入。没有和已有的比对，转发只看自己的文字。")
    elif any("problem" not in one for one in reports):
        console.print("守护进程会马上判断它们" if running else "运行 fengsui run 后会判断它们")
