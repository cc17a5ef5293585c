"""An application on 飞书 or Lark: its token, and the few calls we make with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from alerts.ears.asking import ask
from alerts.ears.ear import EarError
from alerts.ears.held_token import HeldToken

STALE = (99991661, 99991663, 99991668)  # a token that is missing, wrong or spent


@dataclass(slots=True)
class LarkApp:
    """One application; safe to use from several threads."""

    host: str
    app_id: str
    secret: str = field(repr=False)
    _held: HeldToken = field(default_factory=HeldToken, repr=False)

    def call(
        self, method: str, path: str, body: Mapping[str, Any], *, timeout: float = 10.0
    ) -> tuple[int, dict[str, Any]]:
        """Call an interface with the application's token; once more with a fresh one if spent."""
        status, answer = self._call(method, path, body, timeout)
        if answer.get("code") in STALE:
            self.forget()
            status, answer = self._call(method, path, body, timeout)
        return status, answer

    def reply(self, message: str, kind: str, content: Mapping[str, Any], key: str) -> None:
        """Answer a message; `key` makes a repeated call one answer."""
        said = json.dumps(content, ensure_ascii=False)
        body = {"msg_type": kind, "content": said, "uuid": key[:50]}
        self.call("POST", f"/open-apis/im/v1/messages/{message}/reply", body)

    def _call(
        self, method: str, path: str, body: Mapping[str, Any], timeout: float
    ) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token(timeout)}"}
        return ask(method, self.host + path, dict(body), headers, timeout=timeout)

    def forget(self) -> None:
        """Take a fresh token for the next call: the platform calls this one spent."""
        self._held.forget()

    def token(self, timeout: float = 10.0) -> str:
        """The application's token; raises EarError when there is none to be had."""
        return self._held.get(lambda: self._fetched(timeout))

    def _fetched(self, timeout: float) -> tuple[str, float]:
        body = {"app_id": self.app_id, "app_secret": self.secret}
        path = "/open-apis/auth/v3/tenant_access_token/internal"
        _, answer = ask("POST", self.host + path, body, timeout=timeout)
        if answer.get("code") != 0 or not isinstance(answer.get("tenant_access_token"), str):
            raise EarError(f"拿不到应用的凭证（错误码 {answer.get('code', '无')}）")
        return answer["tenant_access_token"], float(answer.get("expire") or 0)
