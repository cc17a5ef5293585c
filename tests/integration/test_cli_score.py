"""`fengsui score` with the real model: odd texts, and the words behind an answer."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from models.prediction import Classifier

Run = Callable[..., "tuple[int, str, str]"]
ANGRY = "护士态度特别差，等了三个小时没人理"


@pytest.fixture(scope="module")
def shipped() -> Classifier:
    """The real model, loaded once for all tests here."""
    from monitor import bootstrap

    return bootstrap.shipped_classifier()


@pytest.fixture
def run(
    shipped: Classifier, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run `fengsui score` in this process; returns exit code, output and errors."""
    from monitor import bootstrap
    from monitor.cli import main

    monkeypatch.setattr(bootstrap, "shipped_classifier", lambda: shipped)

    def run(*argv: str, typed: bytes = b"") -> tuple[int, str, str]:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["fengsui", "score", *argv])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed)))
        with pytest.raises(SystemExit) as leaving:
            main()
        printed = capsys.readouterr()
        return int(leaving.value.code or 0), printed.out, printed.err

    return run


def lines(out: str) -> list[Any]:
    return [json.loads(line) for line in out.splitlines()]


def test_every_line_has_its_answer_in_order_whatever_stands_in_it(run: Run) -> None:
    odd = ["", "😡😡", "\x00", "The nurse was rude", "转发微博", "清河医院误诊。" * 20_000]
    typed = "\n".join(odd).encode() + b"\n\xff\xfe\n"
    code, out, _ = run("-", typed=typed)
    assert code == 0
    assert [one["text"] for one in lines(out)] == [*odd, "\ufffd\ufffd"]
    for one in lines(out):
        assert sum(one["sentiment"].values()) == pytest.approx(1.0, abs=1e-3)


def test_an_argument_of_bytes_that_are_no_text_is_refused(run: Run) -> None:
    code, out, err = run("\udcff\udcfe坏")
    assert (code, out) == (2, "")
    assert "认不出的字节（不是 UTF-8）" in err


def test_the_explanation_as_json_names_every_word_with_its_place_and_weight(run: Run) -> None:
    code, out, _ = run("--explain", "--json", ANGRY)
    (found,) = lines(out)
    assert code == 0
    assert found["polarity"] == "negative"
    read = found["explanation"]["text"]
    spans = found["explanation"]["spans"]
    assert [read[one["start"] : one["end"]] for one in spans] == [one["text"] for one in spans]
    heaviest = max(spans, key=lambda one: one["weight"])
    assert "差" in heaviest["text"]
    assert heaviest["pushes"] == "negative"
    held = {one["code"] for one in found["risk"]}
    assert all(one["risk"].keys() == held for one in spans)


def test_without_a_terminal_the_words_carry_marks_and_a_legend_says_what_they_mean(
    run: Run,
) -> None:
    code, out, _ = run("--explain", ANGRY)
    assert code == 0
    assert "情感：为什么是负面" in out
    assert "差］" in out
    assert "［－词］ 推向负面" in out
    assert "\x1b[" not in out


def test_in_a_terminal_the_words_carry_colours(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    from rich.console import Console

    from monitor.cli import score_page, show

    terminal = Console(force_terminal=True, color_system="standard", width=80, highlight=False)
    monkeypatch.setattr(score_page, "console", terminal)
    monkeypatch.setattr(show, "console", terminal)
    with terminal.capture() as shown:
        run("--explain", ANGRY)
    assert "\x1b[1;31m" in shown.get()
    assert "［" not in shown.get()
    assert "红" in shown.get()


def test_a_text_without_own_words_is_explained_in_a_sentence(run: Run) -> None:
    code, out, _ = run("--explain", "转发微博")
    assert code == 0
    assert "没有自己的话" in out


def test_words_that_would_steer_a_terminal_are_shown_harmless(run: Run) -> None:
    _, out, _ = run("--explain", "坏\x1b[31m\u202e医院[bold]坏[/bold]")
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_a_long_text_is_explained_where_it_matters(run: Run) -> None:
    calm = "今天天气很好，我们去公园走走。"
    _, out, _ = run("--explain", calm * 30)
    assert "全文 450 字" in out


def test_json_without_explain_is_refused_with_a_hint(run: Run) -> None:
    code, _, err = run("--json", "好")
    assert code == 2
    assert "--explain" in err
