"""Checks each source against what its kind needs: address, credentials, options, authorisation.

Like config_checks it reads what is written, so that every sentence stands at its own line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from crawlers.connectors.base import About, Grade
from crawlers.connectors.registry import ABOUT
from crawlers.receivers.kinds import CALLS_HOOK, listen_address
from monitor.config_errors import nearest, quote
from monitor.config_sources import DEFAULT_KIND

if TYPE_CHECKING:
    from monitor.config_yaml import Loc

    Finding = tuple[Loc, str]

_REFERENCE = re.compile(r"\$\{[^}]+\}")
_FORMATS = frozenset({"rss", "atom", "json_feed"})  # what people call a feed
_LITERAL = "密钥不能写在文件里；写成 {}，再把密钥放进同名的环境变量"


def check_source(source: dict[str, Any], loc: Loc) -> Iterator[Finding]:
    """Yield what one source lacks or has too much, as a place and a sentence."""
    kind = source.get("kind", DEFAULT_KIND)
    about = ABOUT.get(kind) if isinstance(kind, str) else None
    if about is None:
        yield (*loc, "kind"), _unknown_kind(kind)
        return
    if about.waits and source.get("url"):
        yield (*loc, "url"), f"{about.title}是等对方送来的，不用写地址；删掉这一行"
    if not (about.address or about.waits or source.get("url")):
        yield (*loc, "url"), "没有写；补上这一行"
    if not about.searches and source.get("query"):
        yield (*loc, "query"), f"{about.title}不按词查询；删掉这一行"
    yield from _credentials(about, _mapping(source, "credentials"), loc)
    yield from _options(about, _mapping(source, "options"), loc)
    yield from _authorised(about, source, loc)


def _unknown_kind(kind: object) -> str:
    family = [one for one in ABOUT if one.startswith(f"{kind}_")]  # zhihu: which of the three?
    meant = DEFAULT_KIND if kind in _FORMATS else nearest(kind, ABOUT)
    unsure = len(family) > 1 or not meant
    hint = f"可以写 {'、'.join(family or ABOUT)}" if unsure else f"是不是 {meant}？"
    return f"「{quote(kind)}」：没有这种来源；{hint}"


def _mapping(source: dict[str, Any], key: str) -> dict[str, Any]:
    value = source.get(key)
    return value if isinstance(value, dict) else {}


def _credentials(about: About, given: dict[str, Any], loc: Loc) -> Iterator[Finding]:
    known = {**about.needs, **about.optional}
    for name, value in given.items():
        if name not in known:
            yield (*loc, "credentials", name), _not_known(about, "凭据", known)
        elif isinstance(value, str) and not _REFERENCE.fullmatch(value.strip()):
            yield (*loc, "credentials", name), _LITERAL.format(variable(about, name))
    for name, hint in about.needs.items():
        if name not in given:
            text = f"缺少 {name}（{hint}）；写成 {name}: {variable(about, name)}"
            yield (*loc, "credentials"), text


def variable(about: About, name: str) -> str:
    """Propose a variable: by the kind's first word, since two search engines are one platform."""
    owner = about.kind.partition("_")[0]
    return f"${{{owner.upper()}_{name.upper()}}}"


def _options(about: About, given: dict[str, Any], loc: Loc) -> Iterator[Finding]:
    for name, value in given.items():
        option = about.options.get(name)
        if option is None:
            yield (*loc, "options", name), _not_known(about, "选项", about.options)
        elif isinstance(value, list) and not option.many:
            yield (*loc, "options", name), f"只能写一个；{option.hint}"
    if about.kind == CALLS_HOOK.kind and isinstance(given.get("listen"), str):
        yield from _listens(given["listen"], (*loc, "options", "listen"))
    for name, option in about.options.items():
        if option.required and name not in given:
            yield (*loc, "options"), f"缺少 {name}；{option.hint}"


def _listens(text: str, loc: Loc) -> Iterator[Finding]:
    try:
        listen_address(text)
    except ValueError as error:
        yield loc, str(error)


def _not_known(about: About, what: str, known: Any) -> str:  # noqa: ANN401 - any mapping
    names = "、".join(known)
    hint = f"可以写 {names}" if names else "删掉这一行"
    return f"{about.title}没有这个{what}；{hint}"


def _authorised(about: About, source: dict[str, Any], loc: Loc) -> Iterator[Finding]:
    if about.grade is Grade.SESSION and "authorisation" not in source:
        example = "authorisation: {legal_approver: 姓名, purpose: 用途, expires: 2027-01-31}"
        text = f"{about.title}用的是登录会话，要法务书面授权；写上 {example}"
        yield (*loc, "authorisation"), text
