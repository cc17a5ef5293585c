"""What `fengsui check` prints: the settings in force without secrets, and what is missing."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from crawlers.receivers.kinds import (
    CALLS_FOLDER,
    CALLS_HOOK,
    STAFF_FOLDER,
    STAFF_MAIL,
    listen_address,
)
from monitor.baseline.days import is_known
from monitor.config_env import ANSWER_SECRETS
from monitor.config_types import format_duration, is_loopback, split_address
from monitor.config_waking import hardly_woken
from monitor.domain.mention import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from monitor.config_models import Settings
    from monitor.config_sources import SourceConfig

_HIDDEN = "***"
_CLOSED = frozenset({CALLS_FOLDER.kind, CALLS_HOOK.kind, "appstore_connect"})
# One missed reading is ordinary; silence is called only after at least two.
_READINGS_BEFORE_SILENCE = 2
_NEEDED_ROLES = {
    "commander": "总指挥",
    "spokesperson": "发言人",
    "medical": "医务审核人",
    "legal": "法务审核人",
}


def mask(settings: Settings) -> dict[str, Any]:
    """Return the settings in force as plain values, with ${…} or *** where a secret stands."""
    shown = settings.model_dump(mode="json", by_alias=True)
    shown["database"] = _without_password(settings.database)
    stamp = shown["evidence"]
    stamp["timestamp"] = _without_password(stamp["timestamp"])
    shown["watchdog"]["heartbeat"] = _host_alone(settings.watchdog.heartbeat)
    for channel in shown["channels"]:
        channel["url"] = f"{channel['url'].partition('://')[0]}://{_HIDDEN}"
    for person in shown["people"]:
        person["mobile"] = person["mobile"] and _HIDDEN
        person["mail"] = person["mail"] and _HIDDEN
    for source in shown["sources"]:
        source["url"] = _without_password(source["url"])
        source["credentials"] = dict.fromkeys(source["credentials"], _HIDDEN)
    for _, section, key in ANSWER_SECRETS:
        if shown["answers"][section]:
            shown["answers"][section][key] = _HIDDEN
    for loc, template in settings.templates.items():
        _put(shown, loc, template)
    return shown


def _put(tree: Any, loc: tuple[str | int, ...], value: str) -> None:  # noqa: ANN401 - any plain value
    for part in loc[:-1]:
        tree = tree[part]
    tree[loc[-1]] = value


def _without_password(url: str | None) -> str | None:
    password = split_address(url or "").password
    return url.replace(f":{password}@", f":{_HIDDEN}@") if url and password else url


def _host_alone(url: str) -> str:
    """Show where a heartbeat goes, without the path that is its key."""
    parts = split_address(url)
    return f"{parts.scheme}://{parts.hostname}/{_HIDDEN}" if url else ""


def warnings(settings: Settings) -> list[str]:
    """Return in Chinese what a configuration may lack and still start, the gravest first."""
    looks = (_reach, _oncall, hardly_woken, _channels, _sources, _private, _answers, _watchdog)
    return list(chain.from_iterable(look(settings) for look in looks))


def calendar_notes(now: datetime) -> list[str]:
    """Say in Chinese when this year's days off are not known; empty when they are."""
    year = now.astimezone(SHANGHAI).year
    note = (
        f"还不知道 {year} 年的放假安排：节假日和调休暂按普通星期算，假日的「平时」会有偏差；"
        "国务院办公厅的通知公布后，升级 chinesecalendar 这个包即可"
    )
    return [] if is_known(year) else [note]


def trial_note(settings: Settings) -> str:
    """Say that a trial is configured, and how it ends; empty without one."""
    trial = settings.trial
    if trial is None:
        return ""
    owner = next(one.name for one in settings.people if one.id == trial.owner)
    return (
        f"配置了试运行（到 {trial.until}）：消息只发给{owner}，到期也不自动转正；"
        "进度见 fengsui trial status，结束用 fengsui trial end --go-live"
    )


def _reach(settings: Settings) -> Iterator[str]:
    reachable = {person.id for person in settings.people if person.channels}
    called = {one for level in settings.oncall.levels for one in level.people}
    if not settings.channels:
        yield "一个渠道也没有（channels）：任何告警都发不出去"
    if not called:
        yield "没有人值班（oncall）：告警发出后没人会被叫到"
    if not (called & reachable or settings.groups):
        yield "红色告警到不了任何人：给 oncall 里的人配上渠道，或在 groups 里写一个群"
    if not settings.operator_channels:
        yield "没有写 operator_channels：来源沉默、发送失败这些系统消息没人收到"


def _oncall(settings: Settings) -> Iterator[str]:
    if settings.people and not any(person.os_user for person in settings.people):
        yield (
            "people 里没有一个人写了 os_user：在这台机器上认不出谁在认领告警、结束试运行；"
            "写上登录名（whoami 看到的），或用 fengsui people enrol 编号 给本人发动态码"
        )
    for level in settings.oncall.levels:
        if len(level.people) == 1:
            yield f"值班「{level.name}」只有一个人：他不在时要等到下一级才有人应答"
    held = {role for person in settings.people for role in person.roles}
    if settings.people:
        for role, title in _NEEDED_ROLES.items():
            if role not in held:
                yield f"没有人担任{title}（roles 里的 {role}）：处置预案走到那一步会停下"


def _channels(settings: Settings) -> Iterator[str]:
    for person in settings.people:
        if not person.channels:
            yield f"{person.name}（{person.id}）没有渠道：叫不到他"
    used = {*settings.groups, *settings.operator_channels}
    used.update(name for person in settings.people for name in person.channels)
    for channel in settings.channels:
        if channel.name not in used:
            yield f"渠道「{channel.name}」没有人用：写进 groups、operator_channels 或某人名下"


def _sources(settings: Settings) -> Iterator[str]:
    active = [source for source in settings.sources if source.enabled]
    if not active:
        yield "没有启用的来源（sources）：只能用 fengsui ingest 手工导入"
    for source in active:
        yield from _listening(source)
        least = _READINGS_BEFORE_SILENCE * source.every
        if source.silent_after < least:
            yield (
                f"来源「{source.name}」的 silent_after 比两次采集的间隔还短，会误报沉默："
                f"至少写 {format_duration(least)}"
            )


def _answers(settings: Settings) -> Iterator[str]:
    if settings.answers.mail is not None and not any(one.mail for one in settings.people):
        yield "写了 answers.mail，可 people 里没有一个人写了 mail：谁的回信都不算应答"
    for name in ("feishu", "lark", "dingtalk", "wecombot"):
        if getattr(settings.answers, name) and not any(name in one.ids for one in settings.people):
            yield f"写了 answers.{name}，可没有一个人的 ids 写了 {name}：谁在那里应答都不算"


def _watchdog(settings: Settings) -> Iterator[str]:
    if not settings.watchdog.heartbeat:
        yield (
            "没有写 watchdog.heartbeat：这台机器断电、断网时没人知道；"
            "请用一个外部监控服务，它在收不到心跳时通知你们"
        )


def _listening(source: SourceConfig) -> Iterator[str]:
    """Say that a receiver is reached from outside: what comes is signed, but not encrypted."""
    if source.kind != CALLS_HOOK.kind:
        return
    host, _ = listen_address("".join(source.options.get("listen", ())))
    if not is_loopback(f"http://{host}/" if ":" not in host else f"http://[{host}]/"):
        yield (
            f"来源「{source.name}」在 {host} 上接收来电，传输不加密："
            "改成 127.0.0.1，前面放带 TLS 的反向代理"
        )


def _private(settings: Settings) -> Iterator[str]:
    """Say what private channels lack: who may read them, and who may report."""
    active = [one for one in settings.sources if one.enabled]
    held = {role for person in settings.people for role in person.roles}
    if "service" not in held and any(one.kind in _CLOSED for one in active):
        yield "没有客服（roles 里的 service）：来电等非公开记录的原话没有人能看"
    mails = any(person.mail for person in settings.people)
    for one in active:
        if one.kind not in {STAFF_MAIL.kind, STAFF_FOLDER.kind}:
            continue
        if not (mails or one.options.get("allow")):
            yield f"来源「{one.name}」谁的上报都不收：在 people 里写 mail，或写 options 的 allow"
        if not one.credentials.get("word"):
            yield f"来源「{one.name}」没有约定口令（credentials 的 word）：发件人可以伪造"
