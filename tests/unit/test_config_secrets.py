"""A secret that stands in the file is found; an address without one is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config_secrets import address_secret, channel_secret

_UUID = "5f0c1d2e-7a8b-4c9d-8e1f-0a2b3c4d5e6f"


@pytest.mark.parametrize(
    ("url", "better"),
    [
        (f"wecombot://{_UUID}", "wecombot://${WECOM_KEY}"),
        ("wecombot://short", "wecombot://${WECOM_KEY}"),
        ("dingtalk://SECabc@${TOKEN}", "dingtalk://${DINGTALK_SECRET}@${DINGTALK_TOKEN}"),
        ("dingtalk://${SECRET}@abc", "dingtalk://${DINGTALK_SECRET}@${DINGTALK_TOKEN}"),
        ("FEISHU://abc", "feishu://${FEISHU_TOKEN}"),
        ("barks://api.day.app/aB3dE5fG7hJ9kL1mN3pQ5r", "barks://api.day.app/${BARK_KEY}"),
        ("mailtos://u:pw@smtp.example.cn?to=a@example.cn", "${MAIL_PASSWORD}"),
        ("mailto://smtp.example.cn?user=u&pass=pw", "${MAIL_PASSWORD}"),
        (f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={_UUID}", "${MY_SECRET}"),
        ("feishuapp://cli_x:abc@ou_1", "feishuapp://${FEISHU_APP_ID}:${FEISHU_APP_SECRET}@ou_…"),
        (f"jsons://example.cn/hook/{_UUID}", "jsons://…${MY_SECRET}…"),
        (f"jsons://${{HOST}}/hook/{_UUID}", "jsons://…${MY_SECRET}…"),
    ],
)
def test_a_written_out_secret_is_answered_with_how_to_write_it(url: str, better: str) -> None:
    assert better in (channel_secret(url) or "")


@pytest.mark.parametrize(
    "url",
    [
        "wecombot://${WECOM_KEY}",
        "feishuapp://${ID}:${SECRET}@ou_7d8a6e6df7621556ce0d21922b676706ccs",
        f"dingtalkapp://${{ID}}:${{SECRET}}@manager4220?template={_UUID}.schema",
        "dingtalk://${SECRET}@${TOKEN}",
        "dingtalk://${TOKEN}/13800000000",
        "mailtos://fengsui:${PW}@smtp.example.cn?to=duty-team-2026-night@example.cn",
        "mailto://smtp.example.cn?from=fengsui@example.cn&to=zhang@example.cn",
        f"wecombot://{_UUID}?base=http://127.0.0.1:8080",
        "mailto://u:pw@127.0.0.1:2525?to=a@example.cn",
        "json://127.0.0.1:9000/hook",
        "jsons://hooks.example.cn/${HOOK}",
    ],
)
def test_an_address_without_a_secret_is_left_alone(url: str) -> None:
    assert channel_secret(url) is None


def test_a_foreign_base_is_no_excuse_for_a_secret() -> None:
    assert channel_secret("wecombot://abc?base=http://gateway.example.cn") is not None


def test_a_database_password_must_come_from_the_environment() -> None:
    assert address_secret("postgresql+psycopg://u:pw@db.example.cn/f")
    assert not address_secret("postgresql+psycopg://u:${PW}@db.example.cn/f")
    assert not address_secret("postgresql+psycopg://u:pw@127.0.0.1/f")


@given(st.from_regex(r"[A-Za-z0-9]{32,64}", fullmatch=True))
def test_the_advice_never_repeats_the_secret(secret: str) -> None:
    for url in (f"wecombot://{secret}", f"{secret}://example.cn?token={secret}"):
        assert secret.lower() not in (channel_secret(url) or "").lower()
