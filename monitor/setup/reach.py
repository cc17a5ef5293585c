"""The channels and people of a form: how each of them is reached."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from monitor.setup import channels, form
from monitor.setup.blueprint import Blueprint, words
from monitor.setup.form import Entry

_NO_ID = re.compile(r"[^a-z0-9]+")


@dataclass(slots=True)
class Known:
    """Everybody's id in the order of the form, and whom an id or a name stands for."""

    in_order: list[str] = field(default_factory=list)
    by_word: dict[str, str] = field(default_factory=dict)


def ids(people: list[Entry]) -> Known:
    """Give everybody an id; a name that two people share stands for neither."""
    known = Known()
    given = {one["编号"] for one in people}
    for one in people:
        known.in_order.append(one["编号"] or _spelled(one["姓名"], given.union(known.in_order)))
    names = [one["姓名"] for one in people]
    known.by_word = {number: number for number in known.in_order}
    for name, number in zip(names, known.in_order, strict=True):
        if names.count(name) == 1:
            known.by_word.setdefault(name, number)
    return known


def _spelled(name: str, taken: Iterable[str]) -> str:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - a large dictionary that few commands need

    plain = _NO_ID.sub("-", "-".join(lazy_pinyin(name)).lower()).strip("-") or "person"
    again = (f"{plain}-{number}" for number in range(2, 10_000))
    return plain if plain not in taken else next(one for one in again if one not in taken)


def add_channels(blueprint: Blueprint, rows: list[Entry], others: dict[str, Entry]) -> None:
    """Add every channel of the form, and the lists of those that groups and operators read."""
    counted: dict[str, int] = {}
    for one in rows:
        title = one["种类"]
        counted[title] = counted.get(title, 0) + 1
        url = _url(blueprint, one, others, counted[title])
        written = title in (channels.MAIL, channels.OTHER)
        columns = {"name": "名称", "url": "收件地址" if written else "种类"}
        blueprint.put("channels", {"name": one["名称"], "url": url}, one, columns)
        for column, key in (("收群消息", "groups"), ("收系统消息", "operator_channels")):
            if one[column] == form.YES:
                listed = blueprint.tree.setdefault(key, [])
                blueprint.places[(key, len(listed))] = one.place(column)
                listed.append(one["名称"])


def _url(blueprint: Blueprint, one: Entry, others: dict[str, Entry], number: int) -> str:
    kind, target = channels.KINDS.get(one["种类"]), one["收件地址"]
    if kind is not None:
        if target:
            blueprint.fault(one, "收件地址", "这种渠道不用写；密钥放进环境变量，这里清空")
        url, secrets = channels.numbered(kind, number)
        for name, hint in secrets.items():
            blueprint.variables[name] = (f"渠道「{one['名称']}」：{hint}", "")
        return url
    if one["种类"] not in channels.TITLES:
        return ""
    if one["种类"] == channels.MAIL:
        return _mailbox(blueprint, one, "收件地址", others)
    for name in re.findall(r"\$\{(\w+)\}", target):
        blueprint.variables[name] = (f"渠道「{one['名称']}」的地址里用到", "")
    if not target:
        blueprint.fault(one, "收件地址", "空着；写 Apprise 地址，密钥写成 ${名字}")
    return target


def _mailbox(blueprint: Blueprint, one: Entry, column: str, others: dict[str, Entry]) -> str:
    """The address of a mailbox; a problem where it is none or no server is named."""
    to = one[column]
    if not channels.EMAIL.fullmatch(to):
        blueprint.fault(one, column, "不是邮箱地址；写成 zhang@example.cn 这样")
    server, account = others.get(form.SERVER), others.get(form.ACCOUNT)
    if server is None or account is None:
        sentence = f"要发邮件，请在「{form.OTHERS}」里写上「{form.SERVER}」和「{form.ACCOUNT}」"
        blueprint.fault(one, column, sentence)
        return ""
    hint = f"邮件账号 {account['填写']} 的密码或授权码"
    blueprint.variables[channels.MAIL_PASSWORD] = (hint, "")
    return channels.mail_address(server["填写"], account["填写"], to)


def add_people(
    blueprint: Blueprint, rows: list[Entry], others: dict[str, Entry], known: Known
) -> None:
    """Add everybody, with a channel of their own where they have a mailbox."""
    for one, number in zip(rows, known.in_order, strict=True):
        reach = words(one["其他渠道"])
        if one["邮箱"]:
            reach.append(_own_mail(blueprint, one, others))
        record = {
            "id": number,
            "name": one["姓名"],
            "os_user": one["登录名"],
            "mobile": _mobile(blueprint, one, number),
            "roles": [form.ROLES.get(role, role) for role in words(one["角色"])],
            "channels": reach,
        }
        columns = {"id": "编号", "name": "姓名", "os_user": "登录名", "mobile": "手机号"}
        more = {"roles": "角色", "channels": "其他渠道"}
        blueprint.put("people", record, one, {**columns, **more})
        for role in words(one["角色"]):
            if role not in form.ROLES:
                sentence = f"没有「{role[:20]}」；可以写 {'、'.join(form.ROLES)}"
                blueprint.fault(one, "角色", sentence)


def _own_mail(blueprint: Blueprint, one: Entry, others: dict[str, Entry]) -> str:
    name = f"{one['姓名']}的邮箱"
    used = [channel["name"] for channel in blueprint.tree.get("channels", [])]
    name = name if name not in used else f"{name}（{one['编号'] or len(used)}）"
    url = _mailbox(blueprint, one, "邮箱", others)
    blueprint.put("channels", {"name": name, "url": url}, one, {"name": "邮箱", "url": "邮箱"})
    return name


def _mobile(blueprint: Blueprint, one: Entry, number: str) -> str:
    """The variable that holds a number: the file that is shared and shown holds none."""
    mobile = re.sub(r"[\s-]", "", one["手机号"])
    if not mobile:
        return ""
    if not re.fullmatch(r"\+?[0-9]{5,15}", mobile):
        blueprint.fault(one, "手机号", "只写数字，如 13800000000；国外号码前面加 +")
    variable = f"{number.upper().replace('-', '_')}_MOBILE"
    blueprint.variables[variable] = (f"{one['姓名']}的手机号", mobile)
    return f"${{{variable}}}"
