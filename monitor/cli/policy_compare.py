"""`fengsui policy compare`: the stored past under two policies, and what each would send."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from monitor.cli import rehearsing, show
from monitor.cli.context import DEFAULT_CONFIG, ConfigOption, JsonOption, opened, print_json
from monitor.cli.policy_files import policy_from
from monitor.cli.rehearse import LISTED, table
from monitor.domain.policy import Policy
from monitor.domain.tier import Tier
from monitor.rehearsal.alert import Alert

_HELP = "策略文件；写 shipped 就是自带的那一份"
OldArgument = Annotated[Path, typer.Argument(metavar="原来的", help=_HELP, show_default=False)]
NewArgument = Annotated[Path, typer.Argument(metavar="改过的", help=_HELP, show_default=False)]


def compare(
    old: OldArgument,
    new: NewArgument,
    *,
    since: Annotated[
        str, typer.Option("--since", metavar="时间", help="从什么时候起：90d，或一个日期")
    ] = "90d",
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """把存下的提及按两份策略各放一遍，列出各会发哪些告警：什么时候、几级、为什么。只读。"""
    policies = [_policy(path) for path in (old, new)]
    with opened(config) as app, rehearsing.progress(as_json) as bar:
        history, begin = rehearsing.past(app, since)
        titles = ("旧策略", "新策略")
        sides = [
            rehearsing.rehearsed(app, history, begin, bar, title=title, policy=policy)
            for title, policy in zip(titles, policies, strict=True)
        ]
        bar.stop()
        gone, come = (
            _only(sides[0].alerts, sides[1].alerts),
            _only(sides[1].alerts, sides[0].alerts),
        )
        if as_json:
            print_json(
                {
                    "since": begin.astimezone(app.settings.zone).isoformat(),
                    "mentions": sides[0].mentions,
                    "old": _plain(policies[0], sides[0].alerts),
                    "new": _plain(policies[1], sides[1].alerts),
                    "only_old": [one.to_json() for one in gone],
                    "only_new": [one.to_json() for one in come],
                }
            )
            return
        zone, now = app.settings.zone, app.clock()
        show.say(f"{show.when(begin, zone, now)} 到现在，{sides[0].mentions} 条提及，各放一遍：")
        show.table(
            ("", *(f"{t} {p.version}" for t, p in zip(titles, policies, strict=True))),
            _counts(sides[0].alerts, sides[1].alerts),
        )
        for title, alerts in (("只有旧策略会响", gone), ("只有新策略会响", come)):
            show.heading(f"{title}（{len(alerts)} 次）")
            if alerts:
                table(app, alerts, zone, now)
        same = len(sides[0].alerts) - len(gone)
        show.say(
            f"两边都响：{same} 次。全部列出用 --json（屏幕上每边最多 {LISTED} 次）。", style="dim"
        )


def _policy(path: Path) -> Policy:
    return policy_from(None if str(path) == "shipped" else path)


def _plain(policy: Policy, alerts: tuple[Alert, ...]) -> dict[str, Any]:
    return {
        "version": policy.version,
        "night": sum(one.night for one in alerts),
        "day": sum(not one.night for one in alerts),
        "alerts": [one.to_json() for one in alerts],
    }


def _only(ours: tuple[Alert, ...], theirs: tuple[Alert, ...]) -> tuple[Alert, ...]:
    """Alerts that the other side does not have, told apart by brand, tier and first mention."""
    left = Counter(one.key for one in theirs)
    found = []
    for one in ours:
        if left[one.key]:
            left[one.key] -= 1
        else:
            found.append(one)
    return tuple(found)


def _counts(old: tuple[Alert, ...], new: tuple[Alert, ...]) -> list[tuple[str | Text, ...]]:
    rows: list[tuple[str | Text, ...]] = [
        ("夜里", *(str(sum(one.night for one in side)) for side in (old, new))),
        ("白天", *(str(sum(not one.night for one in side)) for side in (old, new))),
    ]
    for tier in (Tier.RED, Tier.ORANGE, Tier.YELLOW):
        style = show.TIER_STYLES[tier]
        counted = (str(sum(one.tier is tier for one in side)) for side in (old, new))
        rows.append((Text(tier.label, style=style), *counted))
    return rows
