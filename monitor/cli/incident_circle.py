"""`fengsui incidents restrict` and `unrestrict`: who may know of an incident at all."""

from __future__ import annotations

from monitor.cli.context import DEFAULT_CONFIG, ActorOption, ConfigOption, Refusal, read_settings
from monitor.cli.incident_ask import ask
from monitor.cli.options import CodeArgument, ReasonOption
from monitor.domain.command import Kind


def restrict(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """转为受限：涉及领导或值班的人，改由受限名单处理，别人看不到，要写理由。"""
    chain = read_settings(config, outward=False).restricted.chain
    if not chain:
        raise Refusal(
            "还没有受限名单：先在 fengsui.yaml 里写 restricted: {names: [...], chain: [编号, ...]}"
        )
    ask(config, actor, code, Kind.RESTRICT, reason, chain=",".join(chain))


def unrestrict(
    code: CodeArgument,
    *,
    reason: ReasonOption = "",
    actor: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """解除受限：大家都可以知道了，要写理由。"""
    ask(config, actor, code, Kind.UNRESTRICT, reason)
