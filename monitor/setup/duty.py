"""Who is called when: the rota, its swaps, the trial and the quiet hours of a form."""

from __future__ import annotations

from typing import Any

from monitor.setup import channels, form
from monitor.setup.blueprint import Blueprint, words
from monitor.setup.form import Entry, Form

_LEVEL = {
    "name": "级别",
    "people": "人员",
    "rotate": "轮换",
    "start": "从哪天起",
    "handover": "交接时刻",
}
_SWAP = {"level": "级别", "person": "谁来顶", "from": "从", "to": "到"}
_ROTA = "oncall"


def add_rota(blueprint: Blueprint, filled: Form, known: dict[str, str]) -> None:
    """Add the levels and the swaps."""
    parts = {
        "levels": [_level(blueprint, one, known) for one in filled.get(form.ROTA, [])],
        "overrides": [_swap(blueprint, one, known) for one in filled.get(form.SWAPS, [])],
    }
    _locate(blueprint, "levels", filled.get(form.ROTA, []), _LEVEL)
    _locate(blueprint, "overrides", filled.get(form.SWAPS, []), _SWAP)
    if any(parts.values()):
        blueprint.tree[_ROTA] = _plain(**parts)


def _locate(blueprint: Blueprint, part: str, rows: list[Entry], columns: dict[str, str]) -> None:
    for number, one in enumerate(rows):
        blueprint.places[(_ROTA, part, number)] = one.place("级别")
        for key, column in columns.items():
            blueprint.places[(_ROTA, part, number, key)] = one.place(column)


def _level(blueprint: Blueprint, one: Entry, known: dict[str, str]) -> dict[str, Any]:
    return _plain(
        name=one["级别"],
        people=[_person(blueprint, one, "人员", word, known) for word in words(one["人员"])],
        rotate=form.ROTATIONS.get(one["轮换"], ""),
        start=one["从哪天起"],
        handover=one["交接时刻"],
    )


def _swap(blueprint: Blueprint, one: Entry, known: dict[str, str]) -> dict[str, Any]:
    person = _person(blueprint, one, "谁来顶", one["谁来顶"], known)
    return {"level": one["级别"], "person": person, "from": one["从"], "to": one["到"]}


def _person(blueprint: Blueprint, one: Entry, column: str, word: str, known: dict[str, str]) -> str:
    if word not in known:
        sentence = f"「{word[:20]}」不在「{form.PEOPLE}」里；写姓名，重名的写编号"
        blueprint.fault(one, column, sentence)
    return known.get(word, word)


def _plain(**record: Any) -> dict[str, Any]:  # noqa: ANN401 - any plain value
    return {key: value for key, value in record.items() if value not in ("", [], {})}


def add_trial(blueprint: Blueprint, others: dict[str, Entry], known: dict[str, str]) -> None:
    """Add the trial, if anything of it was written."""
    owner, until = others.get(form.OWNER), others.get(form.UNTIL)
    if owner is not None:
        said = _person(blueprint, owner, "填写", owner["填写"], known)
        _set(blueprint, owner, ("trial", "owner"), said)
    if until is not None:
        _set(blueprint, until, ("trial", "until"), until["填写"])


def add_night(blueprint: Blueprint, others: dict[str, Entry]) -> None:
    """Add the quiet hours, and look at the mail server's name."""
    for title, key in ((form.NIGHT_FROM, "from"), (form.NIGHT_TO, "to")):
        if title in others:
            said = others[title]["填写"]
            _set(blueprint, others[title], ("tiers", "quiet_hours", key), said)
    server = others.get(form.SERVER)
    if server is not None and not channels.HOST.fullmatch(server["填写"]):
        blueprint.fault(server, "填写", "不是服务器名；写成 smtp.example.cn，可以加端口 :465")


def add_watchdog(blueprint: Blueprint, others: dict[str, Entry]) -> None:
    """Add the heartbeat to whoever watches this machine; its address is a secret."""
    one = others.get(form.WATCHDOG)
    if one is None or one["填写"] == form.NO:
        return
    if one["填写"] != form.YES:
        blueprint.fault(one, "填写", "只写「是」或「否」；心跳网址导入后填在 fengsui.env 里")
    _set(blueprint, one, ("watchdog", "heartbeat"), "${HEARTBEAT_URL}")
    blueprint.variables["HEARTBEAT_URL"] = ("外部看守给的心跳网址", "")


def _set(blueprint: Blueprint, one: Entry, loc: tuple[str, ...], value: str) -> None:
    tree = blueprint.tree
    for length, part in enumerate(loc[:-1], 1):
        tree = tree.setdefault(part, {})
        blueprint.places.setdefault(loc[:length], one.place("填写"))
    tree[loc[-1]] = value
    blueprint.places[loc] = one.place("填写")
