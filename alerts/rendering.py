"""Write an alert in Chinese: for a group without any quote, for a person with the reasons.

Screenshots of groups leak, so a group text is built from numbers and our own words alone; what the
posts say stands only in personal texts, as 「网帖称…（未核实）」.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from alerts.facts import AlertFacts, Kind, Quote
from alerts.message import Message
from alerts.text import LIMITS, clock, count, cut_bytes, safe_link, tame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "LIMITS",
    "AlertFacts",
    "Kind",
    "Quote",
    "cut_bytes",
    "digest_text",
    "group_text",
    "operator_text",
    "personal_text",
    "render",
    "short_text",
    "subject",
]

_QUOTES = 3
# One sentence of ours, with numbers and thresholds, fits; a post pasted into it would not.
_REASON_CHARACTERS = 160
# Beyond two hours people think in clock times, not in minutes.
_MINUTES_SHOWN = timedelta(hours=2)

# What stands before the tier, after the banner 【演练】 if it is a drill.
_HEADS = {
    Kind.PAGE: "{tier}{unsure}",
    Kind.CANDIDATE: "候选·等人判断",
    Kind.ESCALATED: "升级呼叫·{tier}{unsure}",
    Kind.RAISED: "升为{tier}{unsure}",
    Kind.LOWERED: "降为{tier}{unsure}",
    Kind.RETURNED: "又起来了·{tier}{unsure}",
    Kind.RESOLVED: "已解除",
    Kind.REMINDER: "催办·{tier}{unsure}",
    Kind.DIGEST: "{tier}汇总{unsure}",
    Kind.STEP_OVERDUE: "步骤超时·{tier}{unsure}",
    Kind.BLIND_SOURCE: "监测中断",
    Kind.META: "系统告警",
    Kind.TEST: "测试",
}
# What the reader types; `{code}` is the incident's code.
_COMMANDS = {
    Kind.PAGE: "认领：fengsui incidents ack {code}",
    Kind.ESCALATED: "认领：fengsui incidents ack {code}",
    Kind.RAISED: "认领：fengsui incidents ack {code}",
    Kind.REMINDER: "认领：fengsui incidents ack {code}",
    Kind.CANDIDATE: "判断：fengsui incidents show {code}",
    Kind.LOWERED: "查看：fengsui incidents show {code}",
    Kind.RETURNED: "查看：fengsui incidents show {code}",
    Kind.RESOLVED: "查看：fengsui incidents show {code}",
    Kind.DIGEST: "查看：fengsui incidents show {code}",
    Kind.STEP_OVERDUE: "查看步骤：fengsui playbook show {code}",
}
_CALLS = frozenset(
    {
        Kind.PAGE,
        Kind.ESCALATED,
        Kind.RAISED,
        Kind.RETURNED,
        Kind.REMINDER,
        Kind.STEP_OVERDUE,
    }
)
_FOR_THE_OPERATOR = frozenset({Kind.BLIND_SOURCE, Kind.META})


def render(facts: AlertFacts, key: str, *, group: bool, mobiles: tuple[str, ...] = ()) -> Message:
    """Return the whole message; `key` is its idempotency key."""
    write = group_text if group else personal_text
    return Message(
        key=key, subject=subject(facts), body=write(facts), code=facts.code, mobiles=mobiles
    )


def subject(facts: AlertFacts) -> str:
    """Return the subject line of a mail: the head, the brand, the class and the code."""
    parts = (_name(facts.brand), _risk(facts), f"编号 {facts.code}" if facts.code else "")
    return _head(facts) + "｜".join(part for part in parts if part)


def group_text(facts: AlertFacts) -> str:
    """Return the text for a group: numbers and what to do, no quotes, nobody's name but the duty's.

    Source and system trouble has nothing to hide, so it reads the same in a group.
    """
    if facts.kind in _FOR_THE_OPERATOR:
        return operator_text(facts)
    if facts.kind is Kind.TEST:
        return f"{_head(facts)}烽燧渠道测试，收到即表示这个渠道可用，不用处理。"
    return "\n".join([_line(facts), *_command(facts)])


def personal_text(facts: AlertFacts) -> str:
    """Return the text for one person: the group's text, why this tier, and quoted mentions."""
    if facts.kind in _FOR_THE_OPERATOR or facts.kind is Kind.TEST:
        return group_text(facts)
    # What to do comes before the reasons: a phone shows the start, and a cut takes the end.
    return "\n".join([short_text(facts), *_reasons(facts), *_quoted(facts), *_hints(facts)])


def short_text(facts: AlertFacts) -> str:
    """Return the text for one person in the fewest words: the group's, and where to answer."""
    link = [f"点开应答：{facts.link}"] if facts.link else []
    return "\n".join([group_text(facts), *link, *facts.chats])


def operator_text(facts: AlertFacts) -> str:
    """Return the text about a blind source or about the program itself."""
    return "\n".join([_head(facts) + _name(facts.brand), *map(_sentence, facts.reasons)])


def digest_text(all_facts: Iterable[AlertFacts]) -> str:
    """Return one text for several incidents, one line each, in the order given."""
    return "\n".join(_line(facts) for facts in all_facts)


def _line(facts: AlertFacts) -> str:
    code = f"编号 {facts.code}" if facts.code else ""
    parts = (_name(facts.brand), _risk(facts), _numbers(facts), _first_post(facts), _call(facts))
    return _head(facts) + "｜".join(part for part in (*parts, code) if part)


def _head(facts: AlertFacts) -> str:
    unsure = "" if facts.confirmed else "·待核"
    head = _HEADS[facts.kind].format(tier=facts.tier, unsure=unsure)
    return f"{'【演练】' if facts.drill else ''}【{head}】"


def _risk(facts: AlertFacts) -> str:
    return f"{tame(facts.risk_label)}类" if facts.risk_label else ""


def _numbers(facts: AlertFacts) -> str:
    if not facts.mentions:
        return ""
    views = "" if facts.views is None else f"，阅读{count(facts.views)}"
    # Without a claim there is no source of one; after a lowering older claims no longer count.
    sources = f"/{count(facts.sources)}来源" if facts.sources else ""
    return f"网帖{count(facts.mentions)}条{sources}{views}"


def _first_post(facts: AlertFacts) -> str:
    if facts.first_post_at is None:
        return ""
    return f"首帖{clock(facts.first_post_at, facts.at)}"


def _call(facts: AlertFacts) -> str:
    """Return who must do what by when."""
    if facts.kind not in _CALLS:
        return ""
    return f"{_name(facts.person) or '值班人'} {_until(facts)}{facts.action}"


def _until(facts: AlertFacts) -> str:
    if facts.deadline is None:
        return "尽快"
    left = facts.deadline - facts.at
    if left <= timedelta(0):
        return f"已过时限（{clock(facts.deadline, facts.at)}），立即"
    if left > _MINUTES_SHOWN:
        return f"{clock(facts.deadline, facts.at)} 前"
    return f"{math.ceil(left / timedelta(minutes=1))} 分钟内"


def _command(facts: AlertFacts) -> Iterator[str]:
    command = _COMMANDS.get(facts.kind)
    if command and facts.code:
        yield command.format(code=facts.code)


def _reasons(facts: AlertFacts) -> Iterator[str]:
    if facts.tier_before and facts.tier_before != facts.tier:
        yield f"级别：{facts.tier_before} → {facts.tier}"
    if facts.reasons:
        yield f"为什么是{facts.tier}：" if facts.tier else "原因："
        yield from (f"· {_sentence(reason)}" for reason in facts.reasons)
    if facts.lowers:
        yield f"怎样会降级：{_sentence(facts.lowers)}"


def _quoted(facts: AlertFacts) -> Iterator[str]:
    for number, quote in enumerate(facts.quotes[:_QUOTES], 1):
        when = f" {clock(quote.at, facts.at)}" if quote.at else ""
        said = f"网帖称「{tame(quote.text)}」（未核实）"
        yield f"{number}. {tame(quote.platform)}{when} {said}"
        if link := safe_link(quote.url):
            yield f"   {link}"


def _hints(facts: AlertFacts) -> Iterator[str]:
    if facts.hints:
        yield "迹象（不影响级别）："
        yield from (f"· {_sentence(hint)}" for hint in facts.hints)


def _sentence(text: str) -> str:
    return tame(text, _REASON_CHARACTERS)


def _name(text: str) -> str:
    return tame(text)
