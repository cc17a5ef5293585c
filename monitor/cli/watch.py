"""`watch convert`: keyword files of other tools, rewritten as watch rules for fengsui.yaml."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
import yaml

from monitor.cli.context import Refusal
from monitor.rules import RuleError, parse

watch = typer.Typer(help="监看规则：改写别的工具的关键词文件。", no_args_is_help=True)
HEAD = """\
# 由 {file} 改写（TrendRadar 关键词文件）。核对以后，把下面的规则抄进 fengsui.yaml 的 watch。
# 监看规则只在提到品牌的文字里判断，看标题也看正文；英文词要单独成词才算（ai 不会命中 said）。
"""


class Scope(StrEnum):
    """What a `!` word applies to."""

    EVERYWHERE = "all"
    GROUP = "group"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.add_typer(watch, name="watch")


@watch.command("convert")
def convert(
    file: Annotated[Path, typer.Argument(help="TrendRadar 的 frequency_words.txt")],
    brand: Annotated[
        str, typer.Option("--brand", help="只看这个品牌的提及；不写就看所有品牌")
    ] = "",
    filter_scope: Annotated[
        Scope,
        typer.Option(
            "--filter-scope", help="! 排除词管全部词组（all，和原工具一样）还是本组（group）"
        ),
    ] = Scope.EVERYWHERE,
) -> None:
    """把 TrendRadar 的关键词文件改写成监看规则，打印成 YAML；写不成的逐条说明。"""
    from crawlers.importers.trendradar import read_keywords

    drafts = read_keywords(_text(file), everywhere=filter_scope is Scope.EVERYWHERE)
    rules: list[dict[str, str]] = []
    for draft in drafts.rules:
        try:
            parse(draft.rule)
        except RuleError as error:
            drafts.warnings.append(f"「{draft.name}」写不成监看规则，略去了：{error}")
        else:
            rules.append(
                {"name": draft.name, "rule": draft.rule, **({"brand": brand} if brand else {})}
            )
    if not rules:
        raise Refusal(f"{file} 里没有能用的词组；词组之间要空一行，写法见 docs/import.md")
    notes = "".join(f"# 注意：{one}\n".replace("\r", "") for one in drafts.warnings)
    body = yaml.safe_dump({"watch": rules}, allow_unicode=True, sort_keys=False, width=1000)
    sys.stdout.write(HEAD.format(file=file.name) + notes + body)


def _text(file: Path) -> str:
    from crawlers.importers.opening import charset_of

    if not file.is_file():
        raise Refusal(f"找不到文件 {file}；请检查路径")
    body = file.read_bytes()
    return body.decode(charset_of(body), "replace")
