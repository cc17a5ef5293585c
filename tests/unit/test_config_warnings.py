"""What a configuration lacks is said, and what is in force is shown without secrets."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from monitor.config import Settings, calendar_notes, mask, warnings

_KEY = "0123-hidden-key"


def _complete() -> dict[str, Any]:
    """A configuration that lacks nothing."""
    return {
        "brands": [{"name": "清河互联网医院"}],
        "sources": [{"name": "新闻", "url": "https://u:pw@news.example.cn/feed.xml"}],
        "channels": [
            {"name": "群", "url": f"wecombot://{_KEY}"},
            {"name": "甲", "url": "json://127.0.0.1/a"},
            {"name": "乙", "url": "json://127.0.0.1/b"},
        ],
        "groups": ["群"],
        "operator_channels": ["群"],
        "people": [
            {
                "id": "zhang",
                "name": "张某",
                "os_user": "zhang",
                "mobile": "13800000000",
                "roles": ["commander", "medical"],
                "channels": ["甲"],
            },
            {
                "id": "li",
                "name": "李某",
                "roles": ["spokesperson", "legal"],
                "channels": ["乙"],
            },
        ],
        "oncall": {"levels": [{"name": "值班", "people": ["zhang", "li"]}]},
        "watchdog": {"heartbeat": "https://hc.example.cn/ping/0123-hidden-key"},
    }


def _warned(**changes: Any) -> list[str]:
    return warnings(Settings.model_validate(_complete() | changes))


def test_a_complete_configuration_needs_no_warning() -> None:
    assert _warned() == []


def test_a_first_start_hears_what_is_missing_gravest_first() -> None:
    warned = warnings(Settings.model_validate({"brands": [{"name": "清河互联网医院"}]}))

    for sign, sentence in zip(
        ("渠道也没有", "没有人值班", "红色告警", "operator_channels", "sources", "heartbeat"),
        warned,
        strict=True,
    ):
        assert sign in sentence


def test_red_that_reaches_nobody_is_said_even_with_someone_on_call() -> None:
    people = [{**person, "channels": []} for person in _complete()["people"]]

    warned = _warned(people=people, groups=[])

    assert any("红色告警到不了任何人" in sentence for sentence in warned)
    assert any("张某（zhang）没有渠道" in sentence for sentence in warned)


def test_people_whom_the_machine_cannot_know_are_said_before_the_first_night() -> None:
    people = [{**person, "os_user": None} for person in _complete()["people"]]

    assert any("os_user" in sentence and "enrol" in sentence for sentence in _warned(people=people))


def test_red_reaches_someone_through_a_group_alone() -> None:
    people = [{**person, "channels": []} for person in _complete()["people"]]

    assert not any("红色告警" in sentence for sentence in _warned(people=people))


def test_a_channel_that_nobody_uses_is_named() -> None:
    people = [{**person, "channels": ["甲"]} for person in _complete()["people"]]

    assert [sentence for sentence in _warned(people=people) if "「乙」" in sentence]


def test_a_level_of_one_is_named() -> None:
    warned = _warned(oncall={"levels": [{"name": "值班", "people": ["li"]}]})

    assert len(warned) == 1
    assert "「值班」只有一个人" in warned[0]


def test_a_role_that_the_playbook_needs_and_nobody_holds_is_named() -> None:
    people = [{**person, "roles": ["commander", "medical"]} for person in _complete()["people"]]

    warned = _warned(people=people)

    assert any("发言人" in sentence for sentence in warned)
    assert any("法务" in sentence for sentence in warned)


def test_silence_shorter_than_two_readings_is_named_with_the_least_value() -> None:
    source = {"name": "新闻", "url": "https://news.example.cn/", "every": "4h"}

    assert any("至少写 8h" in sentence for sentence in _warned(sources=[source]))
    assert _warned(sources=[{**source, "silent_after": "8h"}]) == []


def test_a_source_that_is_switched_off_counts_as_none() -> None:
    source = {"name": "新闻", "url": "https://news.example.cn/", "enabled": False}

    assert any("没有启用的来源" in sentence for sentence in _warned(sources=[source]))


def test_mask_hides_addresses_numbers_and_passwords() -> None:
    database = "postgresql+psycopg://fengsui:open-sesame@127.0.0.1/fengsui"
    shown = mask(Settings.model_validate(_complete() | {"database": database}))

    printed = json.dumps(shown, ensure_ascii=False)
    assert shown["channels"][0]["url"] == "wecombot://***"
    assert shown["people"][0]["mobile"] == "***"
    assert shown["people"][1]["mobile"] is None
    assert shown["database"] == "postgresql+psycopg://fengsui:***@127.0.0.1/fengsui"
    for secret in (_KEY, "13800000000", "open-sesame", "u:pw@"):
        assert secret not in printed


def test_the_settings_do_not_show_secrets_when_they_are_printed() -> None:
    printed = repr(Settings.model_validate(_complete()))

    for secret in (_KEY, "13800000000", "u:pw@"):
        assert secret not in printed


def test_mask_spells_times_as_the_file_does() -> None:
    shown = mask(Settings.model_validate(_complete()))

    assert shown["sources"][0]["every"] == "5m"
    assert shown["tiers"]["quiet_hours"] == {"from": "22:00", "to": "08:00"}


def test_a_year_whose_days_off_nobody_has_told_us_is_said() -> None:
    assert calendar_notes(datetime(2026, 11, 29, tzinfo=UTC)) == []
    # New Year's Eve in UTC is New Year's Day in Shanghai.
    (note,) = calendar_notes(datetime(2098, 12, 31, 18, tzinfo=UTC))
    assert "2099 年" in note
    assert "chinesecalendar" in note


def test_a_reply_mailbox_is_worth_nothing_while_nobody_has_an_address() -> None:
    given = _complete() | {"answers": {"mail": {"host": "h", "user": "u", "password": _KEY}}}
    (said,) = (one for one in warnings(Settings.model_validate(given)) if "answers.mail" in one)
    assert "回信都不算应答" in said
    given["people"][0]["mail"] = "zhang@example.cn"
    settings = Settings.model_validate(given)
    assert not [one for one in warnings(settings) if "answers.mail" in one]
    assert _KEY not in json.dumps(mask(settings))
