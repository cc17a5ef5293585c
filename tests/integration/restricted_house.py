"""A house whose head and whose people on call are not told of what names them."""

from __future__ import annotations

from datetime import timedelta

import cli_world
from cli_world import World, post

from monitor.store.response_schema import IncidentRow, OutboxRow

CHIEF = f"{cli_world.CLAIM}院长高某某亲自压下了这件事。"
OTHERS = ("zhang", "li", "sun", None)
CHAIN = ("wang", "zhao")
PEOPLE = """people:
  - {id: zhang, name: 张某, os_user: zhang, roles: [oncall], channels: [张某邮箱]}
  - {id: li, name: 李某, os_user: li, roles: [spokesperson], channels: [李某邮箱]}
  - {id: wang, name: 王某, os_user: wang, roles: [medical, commander], channels: [王某邮箱]}
  - {id: zhao, name: 赵某, os_user: zhao, roles: [legal], channels: [赵某邮箱]}
  - {id: sun, name: 孙某, os_user: sun, ids: {feishu: ou_sun}, channels: [李某邮箱]}
"""
LEVELS = """oncall:
  levels:
    - {name: 值班, people: [zhang]}
    - {name: 备班, people: [li]}
    - {name: 总监, people: [sun]}
    - {name: 院领导, people: [zhao]}
restricted: {names: [高某某], chain: [wang, zhao]}
"""
CHANNELS = """channels:
  - {name: 王某邮箱, url: 'json://127.0.0.1:9/wang'}
  - {name: 赵某邮箱, url: 'json://127.0.0.1:9/zhao'}
"""


def furnished(house: World) -> World:
    """The house of `cli_world` with these people, their channels and the chain."""
    text = house.config.read_text("utf-8")
    before, _, rest = text.partition("people:\n")
    _, _, rest = rest.partition("channels:\n")
    rest = rest.partition("oncall:")[0]
    house.config.write_text(f"{before}{PEOPLE}{CHANNELS}{rest}{LEVELS}", "utf-8")
    return house


def accused(house: World, text: str = CHIEF) -> str:
    """A crisis that names the head of the house; its code."""
    house.tell(post("p1", text, house.now - timedelta(minutes=20), views=12_000))
    return code_of(house)


def code_of(house: World) -> str:
    with house.stored() as session:
        return str(session.query(IncidentRow).order_by(IncidentRow.id.desc()).first().code)  # type: ignore[union-attr] # there


def written(house: World) -> list[OutboxRow]:
    with house.stored() as session:
        return session.query(OutboxRow).all()
