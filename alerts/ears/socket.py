"""A WebSocket to a platform, read frame by frame so that a stop or a dead line is noticed at once.

The `websockets` library (BSD-3, no dependencies, maintained) speaks the protocol. The platforms'
own SDKs were looked at and left: lark-oapi is 50 MB, needs an old `websockets` and cannot be
stopped; dingtalk-stream calls itself alpha and runs for ever; the 企业微信 ones give up after ten
tries. What we need of each protocol is a page.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from alerts.ears.asking import safe
from alerts.ears.ear import Ear, EarError
from alerts.wire import is_loopback

OPENING, CLOSING = 10.0, 2.0  # seconds
LOOK = 0.5  # seconds between looks at whether to stop
SILENT_BEATS = 2.5  # heartbeats without a word from the other side: the line is dead
LARGEST = 1024 * 1024
KEEPALIVE = 20.0

# Its records name addresses, which hold tickets.
_quiet = logging.getLogger("fengsui.ears.socket")
_quiet.addHandler(logging.NullHandler())
_quiet.propagate = False


def opened(url: str, home: str, *, keepalive: float | None = KEEPALIVE) -> ClientConnection:
    """Connect, or raise EarError; `home` is the configured address that sent us there."""
    if not safe(url, home, ("wss",)):
        raise EarError("平台给的地址没有加密，没有连")
    try:
        return connect(
            url,
            open_timeout=OPENING,
            close_timeout=CLOSING,
            ping_interval=keepalive,
            max_size=LARGEST,
            logger=_quiet,
            proxy=None if is_loopback(url) else True,
        )
    except (OSError, InvalidHandshake, TimeoutError) as error:
        raise EarError(f"长连接连不上（{type(error).__name__}）") from None


def frames(
    socket: ClientConnection, ear: Ear, beat: Callable[[], None], every: float
) -> Iterator[str | bytes]:
    """Yield what comes until a stop, sending a heartbeat every so many seconds.

    Raises EarError when the other side closes, or says nothing for more than two heartbeats.
    """
    heard = time.monotonic()
    next_beat = heard + every
    try:
        while not ear.stopped:
            if time.monotonic() >= next_beat:
                beat()
                next_beat += every
            try:
                yield socket.recv(timeout=min(LOOK, every))
                heard = time.monotonic()
            except TimeoutError:
                if time.monotonic() - heard > every * SILENT_BEATS:
                    raise EarError("心跳没有回应") from None
    except ConnectionClosed:
        raise EarError("连接被对方断开") from None
