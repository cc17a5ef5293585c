"""Who of the rota can be woken: a telephone call first, an SMS second, nothing else counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.config_models import Settings
    from monitor.config_people import ChannelConfig, PersonConfig

_ORDER = ("call", "sms")


def rota_people(settings: Settings) -> list[PersonConfig]:
    """Everybody who is called on some level, in the order of the calls."""
    ids = dict.fromkeys(one for level in settings.oncall.levels for one in level.people)
    known = {one.id: one for one in settings.people}
    return [known[one] for one in ids if one in known]


def waking_channel(settings: Settings, person: PersonConfig) -> ChannelConfig | None:
    """What wakes this person best; None when nothing does."""
    theirs = [one for one in settings.channels if one.name in person.channels and one.wakes]
    usable = [one for one in theirs if _number_known(settings, one, person)]
    return min(usable, key=lambda one: _ORDER.index(one.wakes or "sms"), default=None)


def _number_known(settings: Settings, channel: ChannelConfig, person: PersonConfig) -> bool:
    """Whether a gateway that dials a number is told one, here or in the daemon's environment."""
    if not channel.dials:
        return True
    place = ("people", settings.people.index(person), "mobile")
    return bool(person.mobile) or place in settings.templates


def unwoken(settings: Settings) -> list[str]:
    """Return for everybody of the rota whom a RED would not wake a sentence that says so."""
    return [
        f"红色叫不醒{person.name}（{person.id}）：他的 channels 里没有电话或短信。"
        "在 channels 里给网关写上 wakes: call（短信写 sms），再加进他名下"
        for person in rota_people(settings)
        if waking_channel(settings, person) is None
    ]


def hardly_woken(settings: Settings) -> Iterator[str]:
    """Say for whom there is only an SMS."""
    for person in rota_people(settings):
        channel = waking_channel(settings, person)
        if channel is not None and channel.wakes == "sms":
            yield f"{person.name}（{person.id}）只有短信，睡熟了听不见：能配电话就配电话"
