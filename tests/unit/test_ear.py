"""A connection's thread: it comes back, ever later; it is watched; it stops."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from alerts.ears import ear as module
from alerts.ears.ear import Ear, EarError
from alerts.ears.heard import Heard, Once, Told, instant


def wait_for(ready: Callable[[], bool]) -> None:
    while not ready():
        time.sleep(0.005)


def test_after_each_failure_it_waits_twice_as_long_until_it_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []
    script = [EarError("不让连"), OSError("secret"), EarError("被断开", 90.0), None]
    done = threading.Event()

    def listen(ear: Ear) -> None:
        step = script.pop(0)
        if step is None:
            ear.up()
            done.set()
            ear.rest(60)
            return
        raise step

    def rest(self: Ear, seconds: float) -> bool:
        waits.append(seconds)
        return done.is_set() and self._stop.wait(seconds)

    monkeypatch.setattr(module, "SPREAD", 0.0)
    monkeypatch.setattr(Ear, "rest", rest)
    one = Ear("飞书", listen)
    assert done.wait(20)
    wait_for(lambda: len(waits) == 4)
    assert waits[:3] == [1.0, 2.0, 90.0]
    assert one.down_for() is None
    one.close()
    assert not one._thread.is_alive()


def test_a_server_that_greets_and_hangs_up_is_left_alone_ever_longer_and_counts_as_deaf(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    waits: list[float] = []
    stands, seen, again = threading.Event(), threading.Event(), threading.Event()

    def listen(ear: Ear) -> None:
        ear.up()
        if len(waits) == 5:
            stands.set()
            seen.wait(20)
            monkeypatch.setattr(module, "STEADY", 0.0)
        elif len(waits) > 5:
            ear.stop()
            again.set()

    monkeypatch.setattr(module, "SPREAD", 0.0)
    monkeypatch.setattr(Ear, "rest", lambda _, seconds: waits.append(seconds) or False)
    one = Ear("飞书", listen)
    assert stands.wait(20)
    deaf = one.down_for()
    seen.set()
    assert again.wait(20)
    one.close()

    assert waits[:6] == [1.0, 2.0, 4.0, 8.0, 16.0, 1.0]  # one that stood long begins anew
    assert deaf is not None
    assert caplog.text.count("被对方断开") == 2


def test_what_is_told_of_an_error_holds_no_words_of_it(caplog: pytest.LogCaptureFixture) -> None:
    def listen(_ear: Ear) -> None:
        raise OSError("wss://example.cn/?ticket=secret")

    one = Ear("钉钉", listen)
    wait_for(lambda: "OSError" in one.trouble)
    one.close()
    assert "secret" not in one.trouble + caplog.text
    assert "钉钉" in caplog.text


def test_words_are_given_once_and_forgotten_when_there_are_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("alerts.ears.heard.MOST_REMEMBERED", 2)
    asked: list[str] = []

    def hear(heard: Heard) -> Told:
        asked.append(heard.id)
        return Told(heard.id)

    once = Once(hear)
    firsts = [once(Heard("feishu", name, ("u",)))[1] for name in ("a", "a", "b", "c", "a")]
    assert firsts == [True, False, True, True, True]
    assert asked == ["a", "b", "c", "a"]


def test_a_hearing_that_fails_is_not_remembered() -> None:
    def hear(_heard: Heard) -> Told:
        raise RuntimeError("the store is down")

    once = Once(hear)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            once(Heard("feishu", "a", ("u",)))


@pytest.mark.parametrize(
    "text", [None, "", "x", "179500000000", "１７９５００００００００００", -1, 1.5]
)
def test_an_instant_is_thirteen_digits_or_none(text: object) -> None:
    assert instant(text) is None
    assert instant(1_795_000_000_000) is not None
