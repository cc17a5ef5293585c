"""Turns a filled form into a configuration: brands, words, sources, and the rest by its parts."""

from __future__ import annotations

import re

from crawlers.connectors.registry import ABOUT
from monitor.config_source_checks import variable
from monitor.setup import duty, form, reach
from monitor.setup.blueprint import Blueprint, words
from monitor.setup.form import Entry, Form


def assemble(filled: Form) -> Blueprint:
    """Return the configuration that a form describes, with what is wrong with its cells."""
    blueprint = Blueprint()
    others = {one["项目"]: one for one in filled.get(form.OTHERS, []) if one["填写"]}
    _brands(blueprint, filled)
    _watch(blueprint, filled)
    _sources(blueprint, filled)
    known = reach.ids(filled.get(form.PEOPLE, []))
    reach.add_channels(blueprint, filled.get(form.CHANNELS, []), others)
    reach.add_people(blueprint, filled.get(form.PEOPLE, []), others, known)
    duty.add_rota(blueprint, filled, known.by_word)
    duty.add_trial(blueprint, others, known.by_word)
    duty.add_night(blueprint, others)
    duty.add_watchdog(blueprint, others)
    return blueprint


def _brands(blueprint: Blueprint, filled: Form) -> None:
    for one in filled.get(form.BRANDS, []):
        record = {
            "name": one["全称"],
            "aliases": words(one["别名"]),
            "exclude": words(one["排除词"]),
        }
        columns = {"name": "全称", "aliases": "别名", "exclude": "排除词"}
        blueprint.put("brands", record, one, columns)


def _watch(blueprint: Blueprint, filled: Form) -> None:
    for one in filled.get(form.WATCH, []):
        record = {"name": one["名称"], "brand": one["只看哪个品牌"], "rule": one["规则"]}
        columns = {"name": "名称", "rule": "规则", "brand": "只看哪个品牌"}
        blueprint.put("watch", record, one, columns)


def _sources(blueprint: Blueprint, filled: Form) -> None:
    for one in filled.get(form.SOURCES, []):
        kind = form.SOURCE_KINDS.get(one["种类"], "feed")
        about = ABOUT[kind]
        needed = {name: variable(about, name) for name in about.needs}
        for name, hint in about.needs.items():
            blueprint.variables[needed[name][2:-1]] = (f"{about.title}：{hint}", "")
        record = {
            "name": one["名称"] or one["种类"],
            "kind": kind,
            "url": one["网址"],
            "query": words(one["查询词"]),
            "credentials": needed,
            "options": _options(blueprint, one),
            "every": one["多久看一次"],
        }
        known = one["种类"] in form.SOURCE_KINDS
        columns = {
            "name": "名称",
            "kind": "种类",
            "url": "网址" if known else "种类",
            "query": "查询词",
        }
        more = {"options": "选项", "every": "多久看一次"}
        number = blueprint.put("sources", record, one, {**columns, **more})
        blueprint.places[("sources", number, "credentials")] = one.place("种类")


def _options(blueprint: Blueprint, one: Entry) -> dict[str, str | list[str]]:
    """Read 名字=值；名字=值; several values of one are parted by a space."""
    found: dict[str, str | list[str]] = {}
    for part in re.split(r"[；;\n]+", one["选项"]):
        name, sign, value = (piece.strip() for piece in part.partition("="))
        if name and not sign:
            blueprint.fault(
                one, "选项", f"「{name[:20]}」少了等号；写成 名字=值，如 app_id=1234567"
            )
        elif name:
            several = re.split(r"[\s、，,]+", value)
            found[name] = several if len(several) > 1 else value
    return found
