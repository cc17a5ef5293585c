"""How a decision explains itself on a terminal: rules, numbers against limits, the way down."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from monitor.cli import show as paint
from monitor.domain.tier import Tier

RULES = {
    "floor": "底线",
    "claim": "孤证",
    "matrix": "矩阵",
    "burst": "突发",
    "spread": "跨平台",
    "watch": "关注规则",
    "self_check": "自查",
}


def signals(metrics: dict[str, Any], reason: str) -> None:
    """Print each rule that fired, and below it what it measured against which limit."""
    found = metrics.get("signals") or []
    if not found:
        paint.bullet(paint.line(reason, 200))
    for one in map(_named, found):
        rule = RULES.get(one["rule"].partition(".")[0], one["rule"])
        tier = Tier[one["tier"].upper()].label
        paint.bullet(paint.line(one["text"], 200), Text(f"（{rule}→{tier}）", style="dim"))
        if one["checks"]:
            measured = "，".join(_against(*check) for check in one["checks"])
            paint.bullet(Text(measured, style="dim"), lead="    ")


def _named(signal: Any) -> dict[str, Any]:  # noqa: ANN401 - as the store has it
    """A signal with names for its parts; decisions of older versions kept a bare list."""
    if isinstance(signal, dict):
        return signal
    rule, tier, text = signal
    return {"rule": rule, "tier": tier, "text": text, "checks": []}


def _against(name: str, value: float, limit: float) -> str:
    met = "≥" if value >= limit else "<"
    return f"{name} {_number(value)} {met} {_number(limit)}"


def _number(value: float) -> str:
    return (
        f"{value:.0f}" if value == int(value) else f"{value:.1f}" if value >= 1 else f"{value:.2f}"
    )


def numbers(metrics: dict[str, Any]) -> str:
    """The numbers of one look, in words."""
    health = "" if metrics.get("healthy", True) else "；采集不正常"
    return (
        f"一小时 {metrics.get('hour', 0)} 条（前一小时 {metrics.get('previous_hour', 0)} 条），"
        f"窗口内 {metrics.get('mentions', 0)} 条、{metrics.get('platforms', 0)} 个平台，"
        f"{metrics.get('sources', 0)} 个独立来源，"
        f"{metrics.get('claims', 0)} 条指控，负面 {metrics.get('negative_share', 0.0):.0%}，"
        f"热度 {metrics.get('heat', 0.0):.0f}{health}"
    )


def thresholds(limits: dict[str, Any]) -> str:
    """The limits that a look was judged by, in words; empty where nothing was stored."""
    if not limits:
        return "没有记录"
    bands = "/".join(f"{band:g}" for band in limits.get("heat_bands", []))
    return (
        f"热度分档 {bands}；负面占比 {limits.get('matrix_negative_share', 0):.0%} 起；"
        f"指控可信度 {limits.get('claim_score', 0):g} 起、"
        f"佐证 {limits.get('credible_signs', 0)} 项；"
        f"增长 {limits.get('growth', 0):g} 倍且一小时 {limits.get('growth_minimum', 0)} 条起；"
        f"突发 {limits.get('surprise', 0):g} 起、{limits.get('burst_claims', 0)} 条指控；"
        f"跨平台 {limits.get('spread_platforms', 3)} 个起"
        f"（策略 {limits.get('version', '?')}）"
    )
