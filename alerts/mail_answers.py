"""Judge a mail server's answer: which step failed decides whether the mail may have arrived."""

from __future__ import annotations

import smtplib
from typing import TYPE_CHECKING

from alerts.message import Delivery, Status
from alerts.refusals import unanswered

if TYPE_CHECKING:
    from alerts.wire import Exchange

_PERMANENT = 500
_TOO_LARGE = 552
# Greylisting servers accept the second try after one to five minutes (RFC 6647 §5).
_BUSY_WAIT = 60.0
_CONNECTION_WAIT = 30.0


def judge_mail(exchange: Exchange) -> Delivery:
    """Return what became of one mail to one recipient."""
    error = exchange.errors[0] if exchange.errors else None
    if error is None:
        return _without_error(exchange)
    code = _code(error)
    if code is not None:
        return _refused(code)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        detail = "邮件服务器不支持要求的加密或登录方式，请改渠道地址里的 mode。"
        return Delivery(Status.DEAD, detail)
    return unanswered() if exchange.written else _unreached()


def _without_error(exchange: Exchange) -> Delivery:
    if exchange.http_status is not None:
        return Delivery(Status.SENT, "邮件服务器已收下。", "SMTP 250")
    return Delivery(Status.DEAD, "邮件没有交给服务器，请检查渠道地址里的收件人。")


def _code(error: Exception) -> int | None:
    """Return the server's code, where the server said no in words."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return min(code for code, _ in error.recipients.values())
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None


def _refused(code: int) -> Delivery:
    name = f"SMTP {code}"
    if code == _TOO_LARGE:
        return Delivery(Status.TOO_LONG, f"邮件太大，服务器拒收（{name}）。", name)
    if code >= _PERMANENT:
        return Delivery(Status.DEAD, f"邮件服务器拒收（{name}），请检查收件地址和登录信息。", name)
    detail = f"邮件服务器暂时不收（{name}），{_BUSY_WAIT:.0f} 秒后再试。"
    return Delivery(Status.RETRY, detail, name, _BUSY_WAIT)


def _unreached() -> Delivery:
    detail = f"连不上邮件服务器，邮件没有发出，{_CONNECTION_WAIT:.0f} 秒后再试。"
    return Delivery(Status.RETRY, detail, "", _CONNECTION_WAIT)
