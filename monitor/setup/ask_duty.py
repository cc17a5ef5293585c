"""Asks who is called when, and whether the first week is a trial; makes rows of the answers."""

from __future__ import annotations

from datetime import date, timedelta

from monitor.setup import form
from monitor.setup.answers import (
    NO,
    NONE,
    Answers,
    Asking,
    Filled,
    Question,
    anything,
    chosen,
    counted,
    listed,
    needed,
    one_of,
)
from monitor.setup.blueprint import words

TRIAL = timedelta(days=7)


def _names(answers: Answers) -> list[str]:
    return [
        answers[key] for n in counted(answers, "person") if (key := f"person{n}.name") in answers
    ]


def _on_duty(answers: Answers) -> list[str]:
    duty = str(list(form.ROLES).index("值班") + 1)
    people = [n for n in counted(answers, "person") if f"person{n}.name" in answers]
    found = [n for n in people if duty in answers.get(f"person{n}.roles", "").split(",")]
    return [answers[f"person{n}.name"] for n in found or people[:1]]


def ask_duty(answers: Answers, today: date) -> Asking:
    """Ask for the order of calls and for the trial."""
    names, duty = _names(answers), _on_duty(answers)
    turns = list(form.ROTATIONS)
    text = "值班先叫谁？按轮班的顺序写姓名，用顿号隔开。"
    yield Question("duty", text, f"可以写：{'、'.join(names)}", "、".join(duty), needed)
    if len(words(answers.get("duty", ""))) > 1:
        hint = "不轮换就每次一起叫；每周轮换从下一个星期一起排，早上九点交接。"
        yield Question("turns", f"怎么轮？\n{listed(turns)}", hint, "3", one_of(len(turns)))
        if answers.get("turns", "1") != "1":
            monday = today + timedelta(days=7 - today.weekday())
            hint = "那天由名单里第一位值班。"
            yield Question("start", "从哪天起排？", hint, f"{monday}", needed)
    others = [one for one in names if one not in words(answers.get("duty", ""))]
    yield Question(
        "backup",
        "没人应答时再叫谁？（按姓名，用顿号隔开；一起叫）",
        f"可以写：{'、'.join(names)}",
        "、".join(others) or NONE,
        anything,
    )
    until = today + TRIAL
    yield Question(
        "trial",
        "先试运行一周吗？（消息只发给第一位，不惊动别人；到期不会自己转正）",
        "写日期就试到那天，写 n 就直接正式通知。",
        f"{until}",
        _date_or_no,
    )


def _date_or_no(text: str) -> str:
    if text.lower() in NO:
        return NONE
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("写成 2026-12-06 这样的日期，或写 n 不试") from None


def duty_rows(answers: Answers) -> Filled:
    """The rota and the trial of the answers."""
    if answers.get("duty"):
        turns = chosen(answers.get("turns", ""), list(form.ROTATIONS))
        yield (
            form.ROTA,
            {
                "级别": "值班",
                "人员": answers["duty"],
                "轮换": turns[0] if turns and answers.get("start") else "",
                "从哪天起": answers.get("start", ""),
            },
        )
    if answers.get("backup", NONE) not in ("", NONE):
        yield form.ROTA, {"级别": "备班", "人员": answers["backup"]}
    if answers.get("trial", NONE) not in ("", NONE) and _names(answers):
        yield form.OTHERS, {"项目": form.OWNER, "填写": _names(answers)[0]}
        yield form.OTHERS, {"项目": form.UNTIL, "填写": answers["trial"]}
