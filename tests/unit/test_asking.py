"""One request to a platform that speaks slowly, half or garbage: never a wait or a crash."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from alerts.ears.asking import ask
from alerts.ears.ear import EarError

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n"


def served(*pieces: bytes, gap: float = 0.0) -> str:
    """An address that says these pieces, a while apart, and hangs up."""
    server = socket.create_server(("127.0.0.1", 0))

    def speak() -> None:
        line, _ = server.accept()
        with server, line:
            line.recv(10_000)
            try:
                for piece in pieces:
                    line.sendall(piece)
                    time.sleep(gap)
            except OSError:
                return  # the other side has lost its patience

    threading.Thread(target=speak, daemon=True).start()
    return f"http://127.0.0.1:{server.getsockname()[1]}/x"


def test_an_answer_drop_by_drop_is_given_up_in_time() -> None:
    began = time.monotonic()
    with pytest.raises(EarError, match="太慢"):
        ask("POST", served(HEAD + b"\r\n", *[b" "] * 200, gap=0.05), {}, timeout=0.4)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "pieces",
    [
        (HEAD + b"\r\n{",),
        (HEAD + b"Content-Encoding: gzip\r\n\r\n" + b"x" * 200,),
        (b"no web server\r\n\r\n",),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 300_000,),
    ],
)
def test_half_broken_and_endless_answers_are_trouble_in_words(pieces: tuple[bytes, ...]) -> None:
    with pytest.raises(EarError, match="平台"):
        ask("POST", served(*pieces), {}, timeout=5)
