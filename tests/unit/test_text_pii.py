"""Masking: every personal number goes, every harmless number stays."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.identifiers import is_bank_card, is_resident_id
from monitor.text.pii import author_key, mask


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ("找我13800138000谢谢", "找我〔手机号〕谢谢"),
        ("138-0013-8000", "〔手机号〕"),
        ("+86 138 0013 8000", "〔手机号〕"),
        ("１３８００１３８０００", "〔手机号〕"),
        ("1 3 8 0 0 1 3 8 0 0 0", "〔手机号〕"),
        ("010-62345678转803", "〔固定电话〕"),
        ("(0574)87654321", "〔固定电话〕"),
        ("身份证11010519491231002X。", "身份证〔身份证号〕。"),
        ("110105 19491231 002x", "〔身份证号〕"),
        ("130105490101002", "〔身份证号〕"),
        ("6222 0210 0011 2230", "〔银行卡号〕"),
        ("银行卡号:1234567890123456", "银行卡号:〔银行卡号〕"),
        ("邮件zhang.mou@example.com.cn请回", "邮件〔邮箱〕请回"),
        ("12345678#qq.com", "〔邮箱〕"),
        ("车牌浙B·12345肇事", "车牌〔车牌号〕肇事"),
        ("京A8B8C8", "〔车牌号〕"),
        ("住院号:0012345", "住院号:〔病历号〕"),
        ("病历号 B20230512", "病历号 〔病历号〕"),
        ("门诊号12345678", "门诊号〔病历号〕"),
        ("护照号E12345678", "护照号〔证件号〕"),
        ("QQ:12345678", "QQ:〔社交账号〕"),
        ("Tel.13800138000", "Tel.〔手机号〕"),
        ("138.0013.8000", "〔手机号〕"),
        ("手机一三八零零一三八零零零", "手机〔手机号〕"),
        ("联系电话:87654321", "联系电话:〔固定电话〕"),
        ("身份证号:110105194912310021", "身份证号:〔身份证号〕"),
        ("622202 1000112230", "〔银行卡号〕"),
        ("卡号6222021000112231", "卡号〔银行卡号〕"),
        ("浙b12345", "〔车牌号〕"),
        ("浙A·D12345", "〔车牌号〕"),
        ("住院号（0012345）", "住院号（〔病历号〕）"),
        ("0012345（病案号）", "〔病历号〕（病案号）"),
        ("CT号：X123456", "CT号：〔病历号〕"),
        ("医保卡号330203199001", "医保卡号〔病历号〕"),
        ("微信:zhang88", "微信:〔社交账号〕"),
        ("微信号zhangsan", "微信号〔社交账号〕"),
    ],
)
def test_personal_numbers_are_masked(written: str, masked: str) -> None:
    assert mask(written) == masked


@pytest.mark.parametrize(
    "text",
    [
        "花了13800元",
        "2026-05-25 10:20:39发的",
        "阅读13800138000次",
        "热度13912345678",
        "订单号202305251020391234",
        "住院12345元",
        "门诊量12345人",
        "客服4008004488",
        "京ICP备12345678号",
        "https://weibo.com/1234567890/4912345678901234?from=13800138000",
        "110105194912310021",
        "血压138/90,心率80",
        "市值3.13800138000万亿",
        "微信 10000 次阅读",
        "微信号大家都有",
        "一三五七九",
        "20251122住院,号很难挂",
        "川A股票",
        "新M4芯片2025款",
        "尾号8000",
    ],
)
def test_harmless_numbers_stay(text: str) -> None:
    assert mask(text) == text


def test_a_link_keeps_its_ids_but_not_a_telephone_field() -> None:
    link = "https://example.com/p/4912345678901234?phone=13800138000&id=3"
    assert mask(link) == "https://example.com/p/4912345678901234?phone=〔已隐去〕&id=3"


_PIECES = st.sampled_from(
    [
        "13800138000",
        "11010519491231002X",
        "a@b.cn",
        "住院号:",
        "86",
        "-",
        " ",
        "1",
        "浙B",
        "https://t.cn/",
        "元",
        "?tel=",
    ]
)


@given(st.lists(_PIECES, max_size=12).map("".join))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@given(st.text(alphabet="医院,。 \n", max_size=10), st.text(alphabet="医院,。 \n", max_size=10))
def test_a_mobile_number_never_survives_between_words(before: str, after: str) -> None:
    assert "13800138000" not in mask(before + "13800138000" + after)


@pytest.mark.parametrize(
    "unit", ["1", "1 ", "1-", "13800138000", "11010519491231002X", "a.", "a@", "京A"]
)
def test_a_megabyte_is_masked_in_linear_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    begin = time.process_time()
    mask(text)
    assert time.process_time() - begin < 5


def test_a_wrong_check_digit_is_no_identity_card() -> None:
    assert is_resident_id("11010519491231002X")
    assert not is_resident_id("110105194912310021")
    assert not is_resident_id("110105194913310021")


def test_a_card_number_must_pass_luhn_and_start_like_a_card() -> None:
    assert is_bank_card("6222021000112230")
    assert not is_bank_card("6222021000112231")
    assert not is_bank_card("1234567890123452")


def test_an_author_has_one_pseudonym_a_key() -> None:
    one = author_key("张某", b"key one")
    assert len(one) == 32
    assert one == author_key(" 张某 ", b"key one")
    assert one != author_key("张某", b"key two")
    assert one != author_key("李某", b"key one")


def test_an_author_is_not_hashed_without_a_key() -> None:
    with pytest.raises(ValueError, match="密钥"):
        author_key("张某", b"")
