"""Signatures: stable, small, readable back from the store, blind to decoration."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.clean import clean
from monitor.text.features import event_features, event_keys
from monitor.text.signature import (
    minhash_jaccard,
    signature,
    signature_from_text,
    signature_to_text,
)

_LONG = "清河医院住院楼昨天有一名女子抱着四个月的婴儿跳楼,抢救无效死亡,家属要求给个说法"


@given(st.text(max_size=80).map(clean))
def test_a_signature_comes_back_from_the_store_unchanged(text: str) -> None:
    value = signature(text)
    assert signature_from_text(signature_to_text(value)) == value


def test_a_signature_is_the_same_on_every_machine() -> None:
    value = signature("清河医院误诊了")
    assert (value.exact, value.simhash) == ("87b9ba69ff7f1c0e", 0x758E46CFA6242501)
    assert signature(_LONG).minhash[:3] == (476232094, 309198478, 720507841)


def test_links_names_marks_and_emoticons_do_not_change_a_signature() -> None:
    plain, decorated = (
        signature("清河医院误诊了"),
        signature("清河医院,误诊了!! @张某 [泪]😡 https://t.cn/a1"),
    )
    assert plain.exact == decorated.exact


def test_short_texts_have_no_minhash() -> None:
    assert signature("清河医院误诊了").minhash == ()
    assert len(signature(_LONG).minhash) == 64


def test_minhash_estimates_how_much_two_texts_share() -> None:
    one, copy = signature(_LONG), signature(_LONG + "扩散")
    assert minhash_jaccard(one, copy) > 0.8
    assert (
        minhash_jaccard(one, signature("今天天气很好,我们一家人去公园里放风筝,孩子们都玩得很开心"))
        < 0.1
    )
    assert minhash_jaccard(one, signature("短")) == 0


def test_a_line_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version"):
        signature_from_text("0" + signature_to_text(signature(_LONG))[1:])


def test_features_name_what_happened_to_whom_and_the_numbers() -> None:
    assert set(event_features("下午3点20分女婴从12楼坠下,没救回来")) == {
        "!死亡",
        "!跳楼",
        "#12楼",
        "#3:20",
        "?孩子",
    }


def test_an_ordinary_complaint_gives_no_event_key() -> None:
    features = event_features("带孩子看病排队两小时,护士态度恶劣,收费还贵")
    assert event_keys(features, ()) == set()
