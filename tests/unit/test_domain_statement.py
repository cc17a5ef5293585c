"""No statement goes out without two people who did not write it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.statement import (
    Statement,
    StatementOutcome,
    StatementStatus,
    approve,
    draft,
    publish,
    revise,
    submit,
    text_hash,
)

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
URL = "https://qinghe.example/notice/1"
HOUSE = {
    "wang": frozenset({"spokesperson"}),
    "zhao": frozenset({"medical"}),
    "qian": frozenset({"legal"}),
    "sun": frozenset({"legal", "medical"}),
    "li": frozenset({"pr"}),
}
SMALL = {"wang": frozenset({"pr"}), "li": frozenset({"pr"}), "zhao": frozenset[str]()}
ONLY_MEDICAL = {**SMALL, "zhao": frozenset({"medical"})}


def drafted(text: str = "我们注意到网上的讨论，正在核实。") -> Statement:
    return draft(1, 7, ("首帖发布于 02:41",), text, "wang")


def submitted() -> Statement:
    return submit(drafted(), "wang").statement


def yes(statement: Statement, actor: str, house: Any = None, **more: Any) -> StatementOutcome:
    directory = HOUSE if house is None else house
    return approve(statement, actor, statement.text_hash, directory, NOW, **more)


def approved() -> Statement:
    return yes(yes(submitted(), "zhao").statement, "qian").statement


def put(statement: Statement, actor: str = "wang", url: str = URL) -> StatementOutcome:
    return publish(statement, url, actor, NOW, commander="li", spokesperson="wang")


def test_the_hash_forgives_line_ends_and_composition_but_no_word() -> None:
    assert text_hash("甲 \r\n乙\n\n") == text_hash("甲\n乙")
    assert text_hash("e\u0301") == text_hash("\u00e9")
    assert text_hash("甲乙") != text_hash("甲丙")
    assert text_hash("甲\n乙") != text_hash("甲乙")


def test_medical_and_legal_approve_one_text() -> None:
    first = yes(submitted(), "zhao")
    assert first.statement.status is StatementStatus.SUBMITTED
    assert first.note == "已批准，还差法务的审批。"
    second = yes(first.statement, "qian")
    assert second.statement.status is StatementStatus.APPROVED
    assert [a.role for a in second.statement.approvals] == ["medical", "legal"]


def test_who_has_both_roles_signs_in_the_scarcer_one() -> None:
    house = {"wang": frozenset({"medical"}), "sun": HOUSE["sun"], "qian": HOUSE["qian"]}
    first = yes(submitted(), "sun", house).statement
    assert [a.role for a in first.approvals] == ["medical"]
    assert yes(first, "qian", house).statement.status is StatementStatus.APPROVED


def test_who_has_both_roles_may_choose() -> None:
    first = yes(submitted(), "sun", role="medical")
    assert first.note == "已批准，还差法务的审批。"
    assert "法务" in (yes(submitted(), "zhao", role="legal").refused or "")


def test_a_second_medical_yes_does_not_stand_for_legal() -> None:
    both = {**HOUSE, "zhou": frozenset({"medical"})}
    second = yes(yes(submitted(), "zhao", both).statement, "zhou", both)
    assert second.statement.status is StatementStatus.SUBMITTED
    assert second.note == "已批准，还差法务的审批。"


def test_in_a_house_without_these_roles_any_two_do() -> None:
    first = yes(submitted(), "li", SMALL)
    assert first.note == "已批准，还差另一位同事的审批。"
    assert yes(first.statement, "zhao", SMALL).statement.status is StatementStatus.APPROVED


def test_in_a_house_with_one_of_the_roles_it_must_be_there() -> None:
    first = yes(submitted(), "li", ONLY_MEDICAL)
    assert first.note == "已批准，还差医务的审批。"
    second = yes(first.statement, "zhao", ONLY_MEDICAL)
    assert second.statement.status is StatementStatus.APPROVED


@pytest.mark.parametrize(
    ("actor", "sentence"),
    [
        ("wang", "起草或修改过"),
        ("nobody", "名册里没有你"),
        ("li", "要由医务和法务审批"),
    ],
)
def test_the_wrong_person_may_not_approve(actor: str, sentence: str) -> None:
    assert sentence in (yes(submitted(), actor).refused or "")


def test_nobody_approves_twice() -> None:
    once = yes(submitted(), "sun").statement
    outcome = yes(once, "sun")
    assert "已经批准过" in (outcome.refused or "")
    assert outcome.statement == once


def test_another_text_is_not_approved() -> None:
    outcome = approve(submitted(), "zhao", text_hash("旧文字"), HOUSE, NOW)
    assert "不是最新的文字" in (outcome.refused or "")


@pytest.mark.parametrize("statement", [drafted(), approved()])
def test_only_a_submitted_text_is_approved(statement: Statement) -> None:
    assert statement.status.label in (yes(statement, "sun").refused or "")


def test_a_revision_drops_approvals_and_makes_an_author() -> None:
    once = yes(submitted(), "zhao").statement
    revised = revise(once, "我们正在核实，今天 18 时前公布进展。", "zhao").statement
    assert (revised.status, revised.approvals) == (StatementStatus.DRAFT, ())
    assert "起草或修改过" in (yes(submit(revised, "wang").statement, "zhao").refused or "")


def test_a_revision_without_a_change_keeps_approvals() -> None:
    once = yes(submitted(), "zhao").statement
    assert revise(once, once.text, "li") == StatementOutcome(once)


def test_new_facts_need_new_approvals() -> None:
    once = yes(submitted(), "zhao").statement
    assert revise(once, once.text, "li", ("病历已封存",)).statement.approvals == ()


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (drafted("  "), "正文"),
        (replace(drafted(), facts=(" ",)), "事实"),
    ],
)
def test_an_empty_statement_is_not_submitted(statement: Statement, sentence: str) -> None:
    assert sentence in (submit(statement, "wang").refused or "")


def test_submitting_twice_changes_nothing() -> None:
    assert submit(submitted(), "li") == StatementOutcome(submitted())
    assert submitted().submitted_by == "wang"


def test_publishing_records_the_address_once() -> None:
    out = put(approved()).statement
    assert (out.status, out.url, out.published_at) == (StatementStatus.PUBLISHED, URL, NOW)
    assert put(out, "li") == StatementOutcome(out)
    assert "另起一份" in (put(out, url=URL + "2").refused or "")
    assert "另起一份" in (revise(out, "改", "wang").refused or "")


@pytest.mark.parametrize("status", [StatementStatus.DRAFT, StatementStatus.SUBMITTED])
def test_an_unapproved_statement_is_not_published(status: StatementStatus) -> None:
    assert "两人审批" in (put(replace(drafted(), status=status)).refused or "")


def test_only_the_spokesperson_or_the_commander_publishes() -> None:
    assert "唯一发言人" in (put(approved(), "zhao").refused or "")
    assert put(approved(), "li").refused is None


@pytest.mark.parametrize(
    "url",
    ["ftp://qinghe.example/1", "qinghe.example/1", "https://", "javascript:1", "http://[", ""],
)
def test_only_a_web_address_is_recorded(url: str) -> None:
    assert "http://" in (put(approved(), url=url).refused or "")


houses = st.dictionaries(
    st.sampled_from(["wang", "zhao", "qian", "sun", "li"]),
    st.frozensets(st.sampled_from(["medical", "legal", "pr"])),
)
signatures = st.lists(
    st.tuples(
        st.sampled_from(["wang", "zhao", "qian", "sun", "li", "nobody"]),
        st.sampled_from([None, "medical", "legal", "pr"]),
        st.booleans(),
    ),
    max_size=8,
)


@given(houses, signatures)
def test_no_statement_is_ever_approved_by_one_person(
    house: dict[str, frozenset[str]], acts: list[tuple[str, str | None, bool]]
) -> None:
    statement = submitted()
    for actor, role, rewrites in acts:
        if rewrites:
            statement = revise(statement, f"{actor}{role}", actor).statement
            statement = submit(statement, actor).statement
        statement = yes(statement, actor, house, role=role).statement
    signers = {approval.actor for approval in statement.approvals}
    assert len(signers) == len(statement.approvals)
    assert not signers & set(statement.authors)
    if statement.status is StatementStatus.APPROVED:
        assert len(signers) >= 2
        assert {a.text_hash for a in statement.approvals} == {statement.text_hash}
        held = frozenset[str]().union(*house.values())
        assert held & {"medical", "legal"} <= {a.role for a in statement.approvals}
