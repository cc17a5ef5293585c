"""An application on 钉钉: who it is, and its token for the platform's interfaces."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from alerts.ears.asking import ask
from alerts.ears.ear import EarError

_EARLY = 300.0  # seconds before its end a token is renewed


@dataclass(slots=True)
class DingApp:
    """One application with a robot; safe to use from several threads."""

    host: str
    client_id: str
    secret: str = field(repr=False)
    _token: str = field(default="", repr=False)
    _until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def forget(self) -> None:
        """Take a fresh token for the next call: the platform calls this one spent."""
        self._until = 0.0

    def token(self, timeout: float = 10.0) -> str:
        """The application's token; raises EarError when there is none to be had."""
        with self._lock:
            if time.monotonic() < self._until:
                return self._token
            body = {"appKey": self.client_id, "appSecret": self.secret}
            url = f"{self.host}/v1.0/oauth2/accessToken"
            status, answer = ask("POST", url, body, timeout=timeout)
            if not isinstance(answer.get("accessToken"), str):
                raise EarError(f"拿不到应用的凭证（HTTP {status}）")
            self._token = answer["accessToken"]
            self._until = time.monotonic() + float(answer.get("expireIn") or 0) - _EARLY
            return self._token
