"""Says in Chinese why a page could not be had, from Scrapy's exceptions and HTTP codes."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.spidermiddlewares.httperror import HttpError

from crawlers.guards import PrivateAddress
from crawlers.parsing import shown
from crawlers.protocol import Problem
from crawlers.robots import RobotsForbidden, RobotsUnreadable

TEMPORARY = frozenset(
    {"timeout", "server_error", "rate_limited", "unreachable", "robots_unreadable"},
)
"""Worth another try in a later run; everything else stays as it is."""
BY_STATUS = {
    401: ("forbidden", "要求登录（401）。请换一个公开的地址"),
    403: ("forbidden", "拒绝访问（403）。请核对是否允许抓取，或换一个公开的地址"),
    404: ("not_found", "不存在（404）。请核对地址是否已更换"),
    408: ("timeout", "响应超时（408），下次再试"),
    402: ("quota", "说额度或余额不够（402）。请到平台续费或减少查询"),
    410: ("not_found", "已被删除（410）。请换一个地址或停用这个来源"),
    418: ("forbidden", "拒绝了自动访问（418）。请停用这个来源，或换成授权接口"),
    429: ("rate_limited", "说访问太频繁（429），下次再试。请把抓取间隔调大"),
    432: ("forbidden", "拦下了我们的访问（432）。请停用这个来源，或换成授权接口"),
    461: ("captcha", "要求人机验证（461），已停止。请换成授权接口或人工导出"),
    471: ("captcha", "要求人机验证（471），已停止。请换成授权接口或人工导出"),
}
WRONG_KEY = ("forbidden", "不认密钥（401）。请核对密钥是否填错、过期或被撤销")
BY_EXCEPTION: tuple[tuple[type[Exception], str, str], ...] = (
    (RobotsForbidden, "robots", "被该网站的 robots.txt 禁止抓取，已遵守。请改用授权接口或手工导入"),
    (PrivateAddress, "private_address", "指向内部网络地址，为安全起见没有访问"),
    (DownloadTimeoutError, "timeout", "长时间没有回应，已放弃，下次再试"),
    (TimeoutError, "timeout", "长时间没有回应，已放弃，下次再试"),
    (CannotResolveHostError, "unreachable", "的域名解析不到。请核对地址和网络"),
    (DownloadCancelledError, "too_large", "超过 5 MB，没有下载。请核对是否为正确的地址"),
    (MemoryError, "memory", "太大，处理时超出内存上限"),
)


def describe(error: BaseException, url: str, what: str, *, keyed: bool = False) -> Problem:
    """Return the problem in one sentence; `what` says what the page was to us.

    `keyed`: whether a key was shown, so that a 401 means the key and not the address.
    """
    kind, sentence = WRONG_KEY if keyed and _is_unauthorised(error) else _why(error)
    return Problem(kind, url, f"{what}{sentence}：{shown(url)}")


def _is_unauthorised(error: BaseException) -> bool:
    return isinstance(error, HttpError) and error.response.status == 401  # noqa: PLR2004 (HTTP)


def _why(error: BaseException) -> tuple[str, str]:
    if isinstance(error, HttpError):
        return _by_status(error.response.status)
    if isinstance(error, RobotsUnreadable):
        return _without_rules(error.reason)
    for known, kind, sentence in BY_EXCEPTION:
        if isinstance(error, known):
            return kind, sentence
    if isinstance(error, IgnoreRequest):
        return _ignored(str(error))
    if "certificate" in str(error).lower():
        return "untrusted", "的安全证书不可信，没有读取。请核对地址，或请网站更新证书"
    return "unreachable", f"连不上（{type(error).__name__}），下次再试"


def _without_rules(reason: int | Exception) -> tuple[str, str]:
    """A dead site is called dead; only where the rules alone are missing do they get the blame."""
    if isinstance(reason, Exception) and not isinstance(reason, IgnoreRequest):
        kind, sentence = _why(reason)
        if kind in TEMPORARY or kind == "untrusted":
            return kind, sentence
    code = reason if isinstance(reason, int) else type(reason).__name__
    return "robots_unreadable", f"的 robots.txt 暂时读不到（{code}），按规矩先不抓，下次再试"


def _by_status(status: int) -> tuple[str, str]:
    if status in BY_STATUS:
        return BY_STATUS[status]
    if status >= 500:  # noqa: PLR2004 (HTTP)
        return "server_error", f"的服务器出错（{status}），下次再试"
    return "http", f"返回了意外的状态码 {status}"


def _ignored(reason: str) -> tuple[str, str]:
    if "redirect" in reason:
        return "redirect_loop", "反复跳转，到不了正文。请在浏览器中打开核对"
    if "MAXSIZE" in reason:
        return "too_large", "解压后超过 5 MB，没有读取。请核对是否为正确的地址"
    return "ignored", "没有被读取"
