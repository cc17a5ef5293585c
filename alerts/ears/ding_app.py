"""An application on 钉钉: who it is, and its token for the platform's interfaces."""

from __future__ import annotations

from dataclasses import dataclass, field

from alerts.ears.asking import ask
from alerts.ears.ear import EarError
from alerts.ears.held_token import HeldToken


@dataclass(slots=True)
class DingApp:
    """One application with a robot; safe to use from several threads."""

    host: str
    client_id: str
    secret: str = field(repr=False)
    _held: HeldToken = field(default_factory=HeldToken, repr=False)

    def forget(self) -> None:
        """Take a fresh token for the next call: the platform calls this one spent."""
        self._held.forget()

    def token(self, timeout: float = 10.0) -> str:
        """The application's token; raises EarError when there is none to be had."""
        return self._held.get(lambda: self._fetched(timeout))

    def _fetched(self, timeout: float) -> tuple[str, float]:
        body = {"appKey": self.client_id, "appSecret": self.secret}
        url = f"{self.host}/v1.0/oauth2/accessToken"
        status, answer = ask("POST", url, body, timeout=timeout)
        if not isinstance(answer.get("accessToken"), str):
            raise EarError(f"拿不到应用的凭证（HTTP {status}）")
        return answer["accessToken"], float(answer.get("expireIn") or 0)
