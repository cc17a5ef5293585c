"""Checks across sections: names used twice, names that nobody has, secrets written out.

They read the plain values and not the typed settings, so that a slip in one section does not hide
those in another; and they read what is written, with ${…} unfilled, so that they may quote it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from monitor.config_env import ANSWER_SECRETS
from monitor.config_errors import nearest, quote
from monitor.config_secrets import address_secret, channel_secret
from monitor.config_source_checks import check_source
from monitor.rules import RuleError, parse

if TYPE_CHECKING:
    from monitor.config_yaml import Loc

Finding = tuple["Loc", str]
Tree = dict[str, Any]
LineOf = Callable[["Loc"], int]

_UNIQUE: tuple[tuple[Loc, str], ...] = (
    (("brands",), "name"),
    (("watch",), "name"),
    (("sources",), "name"),
    (("people",), "id"),
    (("channels",), "name"),
    (("oncall", "levels"), "name"),
)


def cross_check(tree: Tree, line_of: LineOf) -> Iterator[Finding]:
    """Yield every contradiction between parts of the file, as a place and a sentence."""
    for path, key in _UNIQUE:
        yield from _twice(_named(tree, path, key), line_of)
    yield from _twice(_brand_words(tree), line_of)
    yield from _excluded(tree)
    yield from _restricting_all(tree)
    yield from _references(tree)
    yield from _rules(tree)
    yield from _secrets(tree)
    for loc, one in _entries(tree, ("sources",)):
        if isinstance(one, dict):
            yield from check_source(one, loc)
    if "oncall" in tree and not _entries(tree, ("oncall", "levels")):
        yield ("oncall", "levels"), "一级也没有；至少写一级，或删掉整段 oncall"


def _entries(tree: Tree, path: Loc) -> list[tuple[Loc, Any]]:
    value = _at(tree, path)
    return [((*path, n), one) for n, one in enumerate(value)] if isinstance(value, list) else []


def _keys(tree: Tree, path: Loc) -> list[Finding]:
    value = _at(tree, path)
    return [((*path, str(key)), str(key)) for key in value] if isinstance(value, dict) else []


def _single(tree: Tree, path: Loc) -> list[Finding]:
    value = _at(tree, path)
    return [(path, value)] if isinstance(value, str) else []


def _at(tree: Tree, path: Loc) -> Any:  # noqa: ANN401 - any YAML value
    value: Any = tree
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _named(tree: Tree, path: Loc, key: str) -> list[Finding]:
    return [
        ((*loc, key), one[key].strip())
        for loc, one in _entries(tree, path)
        if isinstance(one, dict) and isinstance(one.get(key), str)
    ]


def _listed(one: Any, loc: Loc, key: str) -> list[Finding]:  # noqa: ANN401 - any YAML value
    entries = _entries(one, (key,)) if isinstance(one, dict) else []
    return [((*loc, *place), word.strip()) for place, word in entries if isinstance(word, str)]


def _twice(words: list[Finding], line_of: LineOf) -> Iterator[Finding]:
    first: dict[str, Loc] = {}
    for loc, word in words:
        before = first.setdefault(_folded(word), loc)
        if before != loc:
            yield loc, f"「{quote(word)}」在第 {line_of(before)} 行已经用过；换一个，或删掉一处"


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


def _brand_words(tree: Tree) -> list[Finding]:
    names = _named(tree, ("brands",), "name")
    brands = _entries(tree, ("brands",))
    return names + [word for loc, one in brands for word in _listed(one, loc, "aliases")]


def _excluded(tree: Tree) -> Iterator[Finding]:
    own = {_folded(word) for _, word in _brand_words(tree)}
    for loc, one in _entries(tree, ("brands",)):
        for place, word in _listed(one, loc, "exclude"):
            if _folded(word) in own:
                yield place, "排除词就是品牌的名字，那样会漏掉它；删掉这个词，或写得更长"


def _restricting_all(tree: Tree) -> Iterator[Finding]:
    """A name that stands in a brand's would keep every incident of it from those on duty."""
    names = ("restricted", "names")
    people = [(loc, one.strip()) for loc, one in _entries(tree, names) if isinstance(one, str)]
    people += _named(tree, names, "name")
    people += [word for loc, one in _entries(tree, names) for word in _listed(one, loc, "aliases")]
    brands = [_folded("".join(word.split())) for _, word in _brand_words(tree)]
    for loc, word in people:
        form = _folded("".join(word.split()))
        if form and any(form in brand for brand in brands):
            yield loc, "品牌的名字里就有这个词，那样每起事件都会转为受限；写得更长，如加上姓或职务"


def _references(tree: Tree) -> Iterator[Finding]:
    brands = _words(tree, ("brands",), "name")
    channels = _words(tree, ("channels",), "name")
    people = _words(tree, ("people",), "id")
    levels = _words(tree, ("oncall", "levels"), "name")
    yield from _unknown(_named(tree, ("watch",), "brand"), brands, "brands 里没有这个品牌")
    sources = _words(tree, ("sources",), "name")
    yield from _unknown(_keys(tree, ("retention", "sources")), sources, "sources 里没有这个来源")
    for loc, one in _entries(tree, ("sources",)):
        said = _single(one, ("options", "brand")) if isinstance(one, dict) else []
        named = [((*loc, *place), word) for place, word in said]
        yield from _unknown(named, brands, "brands 里没有这个品牌")
    for path, key in ((("people",), "channels"), (("oncall", "levels"), "people")):
        known, text = (channels, _NO_CHANNEL) if key == "channels" else (people, _NO_PERSON)
        for loc, one in _entries(tree, path):
            yield from _unknown(_listed(one, loc, key), known, text)
    for key in ("groups", "operator_channels"):
        yield from _unknown(_listed(tree, (), key), channels, _NO_CHANNEL)
    overrides = ("oncall", "overrides")
    yield from _unknown(_named(tree, overrides, "person"), people, _NO_PERSON)
    yield from _unknown(_named(tree, overrides, "level"), levels, "oncall.levels 里没有这一级")
    yield from _unknown(_named(tree, ("oncall", "absences"), "person"), people, _NO_PERSON)
    yield from _unknown(
        _listed(_at(tree, ("restricted",)), ("restricted",), "chain"), people, _NO_PERSON
    )
    yield from _trial(tree, people)


def _trial(tree: Tree, people: list[str]) -> Iterator[Finding]:
    """A trial whose owner cannot be told would swallow every alarm."""
    place: Loc = ("trial", "owner")
    owner = _at(tree, place)
    if not isinstance(owner, str):
        return
    yield from _unknown([(place, owner.strip())], people, _NO_PERSON)
    entries = [one for _, one in _entries(tree, ("people",)) if isinstance(one, dict)]
    if any(one.get("id") == owner and not one.get("channels") for one in entries):
        yield place, "试运行的消息全发给他，可他没有渠道；给他配上 channels，或换一个人"


# The other half of a login says whose it is, and opens nothing alone.
_NEVER_WRITTEN = frozenset({"password", "app_secret", "client_secret", "secret"})
_NO_CHANNEL = "channels 里没有这个渠道"
_NO_PERSON = "people 里没有这个 id"


def _words(tree: Tree, path: Loc, key: str) -> list[str]:
    return [word for _, word in _named(tree, path, key)]


def _unknown(used: list[Finding], known: list[str], text: str) -> Iterator[Finding]:
    for loc, word in used:
        if word not in known:
            meant = nearest(word, known)
            hint = f"是不是「{quote(meant)}」？" if meant else "先在那里加上，或改成已有的"
            yield loc, f"「{quote(word)}」：{text}；{hint}"


def _rules(tree: Tree) -> Iterator[Finding]:
    for loc, rule in _named(tree, ("watch",), "rule"):
        try:
            parse(rule)
        except RuleError as error:
            yield loc, str(error)


def _secrets(tree: Tree) -> Iterator[Finding]:
    for loc, url in _named(tree, ("channels",), "url"):
        better = channel_secret(url)
        if better:
            text = "密钥不能写在文件里；写成 {}，再把密钥放进同名的环境变量"
            yield loc, text.format(better)
    for place in sorted(ANSWER_SECRETS):
        value = _at(tree, place)
        if place[-1] in _NEVER_WRITTEN and isinstance(value, str) and "${" not in value:
            name = "_".join(place[1:]).upper()
            yield place, f"密钥不能写在文件里；写成 ${{{name}}}，再把密钥放进同名的环境变量"
    database = tree.get("database")
    addresses: list[Finding] = [(("database",), database)] if isinstance(database, str) else []
    addresses += _single(tree, ("evidence", "timestamp"))
    for loc, url in [*addresses, *_named(tree, ("sources",), "url")]:
        if address_secret(url):
            yield loc, "密码不能写在文件里；把密码那一段写成 ${DB_PASSWORD} 这样的环境变量"
