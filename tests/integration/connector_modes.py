"""How the site of a source may misbehave: the faults that every connector meets in its contract."""

from __future__ import annotations

from dataclasses import dataclass

from crawl_site import Page

LOGIN = "<html><head><title>登录</title></head><body><form>请先登录后继续访问</form></body></html>"
CAPTCHA = "<html><head><title>安全验证</title></head><body>请完成验证码，拖动滑块</body></html>"
VISITOR = (
    "<html><head><title>Sina Visitor System</title></head><body>"
    "<script>location.href='https://passport.weibo.com/visitor/visitor'</script></body></html>"
)
HTML = {"Content-Type": "text/html; charset=utf-8"}
GATES = {"login_page", "captcha", "visitor_page"}


@dataclass(frozen=True)
class Mode:
    """How the site behaves, and the kinds of problem that may be named."""

    page: Page
    kinds: set[str]


def code(status: int, *kinds: str, body: str = "{}", **headers: str) -> Mode:
    return Mode(Page(body, status, dict(headers)), set(kinds))


BAD: dict[str, Mode] = {
    "changed schema": Mode(Page('{"neu": {"liste": []}}'), {"schema", "not_a_feed"}),
    "login page with 200": Mode(Page(LOGIN, headers=HTML), GATES),
    "captcha page with 200": Mode(Page(CAPTCHA, headers=HTML), GATES),
    "visitor page with 200": Mode(Page(VISITOR, headers=HTML), GATES),
    "403": code(403, "forbidden"),
    "418": code(418, "forbidden"),
    "432": code(432, "forbidden"),
    "429 with Retry-After": code(429, "rate_limited", **{"Retry-After": "3600"}),
    "500": code(500, "server_error"),
    "hang": Mode(Page(), {"timeout"}),
    "half a body": Mode(
        Page(
            '{"status": "success", "ite', headers={"Content-Length": "4000", "Connection": "close"}
        ),
        {"unreachable"},
    ),
}
