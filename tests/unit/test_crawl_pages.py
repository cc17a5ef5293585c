"""Gates that come with status 200, and articles that only speak of gates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.pages import KIND_ZH, PageKind, recognise

HOST = "https://news.qinghe.example.cn/a/1.html"
PROSE = "".join(
    f"<p>清河互联网医院第{n}次回应称，患者张某反映的排队问题已经着手处理，院方将在三日内答复家属。</p>"
    for n in range(8)
)
NAV = "<div><a href='/'>首页</a> <a href='/login'>登录</a> <a href='/reg'>注册</a></div>"


def page(title: str, body: str) -> str:
    return f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"


@pytest.mark.parametrize(
    ("kind", "url", "body"),
    [
        (
            PageKind.VISITOR,
            "https://passport.weibo.com/visitor/visitor?entry=miniblog&a=enter",
            page("Sina Visitor System", "<span id='message'></span><script>var x</script>"),
        ),
        (PageKind.VISITOR, "https://weibo.com/1/A", page("Sina Visitor System", "")),
        (
            PageKind.VISITOR,
            "https://weibo.com/1/A",
            page("", "<script>location='https://passport.weibo.com/visitor/visitor?a=b'</script>"),
        ),
        (
            PageKind.CAPTCHA,
            HOST,
            page(
                "百度安全验证", "<p>网络不给力，请稍后重试</p><div>请完成下方验证后继续操作</div>"
            ),
        ),
        (
            PageKind.CAPTCHA,
            HOST,
            page("", "<h2>环境异常</h2><p>当前环境异常，完成验证后即可继续访问。</p><a>去验证</a>"),
        ),
        (
            PageKind.CAPTCHA,
            "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x",
            page("", "<div id='app'></div><script src='a.js'></script>"),
        ),
        (PageKind.CAPTCHA, HOST, page("安全验证 - 知乎", "<p>请您登录后查看更多专业优质内容</p>")),
        (PageKind.CAPTCHA, HOST, page("验证码中间页", "<script>var a</script>")),
        (
            PageKind.CAPTCHA,
            HOST,
            page(
                "搜狗搜索",
                "<p>用户您好，我们的系统检测到您网络中存在异常访问请求。</p>"
                "<p>此验证码用于确认这些请求是您的正常行为而不是自动程序发出的，需要您协助验证。</p>",
            ),
        ),
        (PageKind.CAPTCHA, HOST, page("", "<p>请按住滑块，拖动到最右边</p>")),
        (PageKind.LOGIN, HOST, page("登录 - 清河论坛", "<form>用户名<input type=password></form>")),
        (PageKind.LOGIN, HOST, page("知乎", "<p>扫码登录</p><p>密码登录</p><p>海外手机登录</p>")),
        (PageKind.LOGIN, HOST, page("清河论坛", "<p>抱歉，您尚未登录，没有权限访问该版块</p>")),
        (
            PageKind.LOGIN,
            "https://passport.qinghe.example.cn/signin?next=/a",
            page("清河通行证", "<form><input name=u><input name=p></form>"),
        ),
        (
            PageKind.LOGIN,
            HOST,
            page(
                "欢迎", '<form>账号 <input name="u"> 密码 <input type="password" name="p"></form>'
            ),
        ),
        (PageKind.BLOCKED, HOST, page("访问被拒绝", "<p>您的请求疑似攻击行为，已被阻断。</p>")),
        (
            PageKind.BLOCKED,
            HOST,
            page("405", "<p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p>"),
        ),
        (
            PageKind.BLOCKED,
            HOST,
            page("Just a moment...", "<noscript>Enable JavaScript</noscript>"),
        ),
        (
            PageKind.BLOCKED,
            HOST,
            "<html><script>var arg1='9F';setCookie('acw_sc__v2',x)</script></html>",
        ),
        (PageKind.BLOCKED, HOST, "<html><head><script>$_ts=window['$_ts'];</script></head></html>"),
        (PageKind.LIMITED, HOST, page("提示", "<p>您的访问过于频繁，请稍后再试</p>")),
        (PageKind.GONE, HOST, page("", "<p>该内容已被发布者删除</p>")),
        (
            PageKind.GONE,
            HOST,
            page("提示信息", "<p>抱歉，指定的主题不存在或已被删除或正在被审核</p>"),
        ),
        (PageKind.GONE, HOST, page("您访问的页面不存在", "<p>返回首页</p>")),
        (
            PageKind.NEEDS_SCRIPT,
            HOST,
            page("清河网", "<div id='app'></div><script src=a.js></script>"),
        ),
        (
            PageKind.NEEDS_SCRIPT,
            HOST,
            page("清河网", "<noscript>You need to enable JavaScript to run this app.</noscript>"),
        ),
        (PageKind.EMPTY, HOST, ""),
        (PageKind.EMPTY, HOST, " \n\r\n"),
        (PageKind.EMPTY, HOST, "<html><body></body></html>"),
    ],
)
def test_a_gate_is_recognised_behind_status_200(kind: PageKind, url: str, body: str) -> None:
    assert recognise(200, url, "", body) is kind


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (PageKind.LOGIN, '{"ok":-100,"errno":"100005","msg":"","url":"https://m.weibo.cn/x"}'),
        (PageKind.LOGIN, '{"error":{"code":100,"message":"请求需要登录","need_login":true}}'),
        (PageKind.LOGIN, '{"code":401,"msg":"请先登录"}'),
        (PageKind.CAPTCHA, '{"ok":0,"url":"https://captcha.qinghe.example.cn/v?x=1"}'),
        (PageKind.CAPTCHA, '{"error":{"message":"系统监测到您的网络环境存在异常"}}'),
        (
            PageKind.LIMITED,
            '{"base_resp":{"ret":200013,"err_msg":"freq control"},"msg":"操作频繁"}',
        ),
        (PageKind.CONTENT, '{"code":0,"data":{"list":[{"text":"要我请先登录才能退款"}]}}'),
        (PageKind.CONTENT, '{"code":0,"msg":"success","data":[]}'),
        (PageKind.CONTENT, '[{"msg":"请先登录"}]'),
        (PageKind.CONTENT, '{"half'),
    ],
)
def test_a_refusal_in_json_is_told_from_data(kind: PageKind, body: str) -> None:
    assert recognise(200, HOST, "", body) is kind


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("清河医院挂号难_清河新闻网", NAV + PROSE),
        ("如何识破假冒的安全验证页面", NAV + PROSE + "<p>请完成下方验证后继续操作</p>"),
        ("安全验证", PROSE * 2),
        ("登录后才能看报告？清河医院回应", NAV + PROSE + "<input type=password>"),
        ("微博内容被删除怎么办", NAV + PROSE),
        ("清河论坛", NAV + "<ul>" + "<li>清河医院排队两个小时没人管</li>" * 40 + "</ul>"),
        ("清河论坛", NAV + PROSE + "<p>您需要登录后才可以回帖 登录 | 立即注册</p>"),
    ],
)
def test_an_article_that_speaks_of_gates_is_content(title: str, body: str) -> None:
    assert recognise(200, HOST, "", page(title, body)) is PageKind.CONTENT


def test_a_short_article_that_calls_itself_one_is_content() -> None:
    body = (
        '<script type="application/ld+json">{"@type": "NewsArticle"}</script>'
        "<p>清河医院的小程序请先登录再挂号，可是怎么也登不上去。</p>"
    )
    assert recognise(200, HOST, "", page("挂号", body)) is PageKind.CONTENT


def test_an_address_quoted_in_the_query_is_no_gate() -> None:
    url = "https://news.qinghe.example.cn/a?from=https://passport.weibo.com/login"
    assert recognise(200, url, "", page("挂号", NAV + PROSE)) is PageKind.CONTENT


def test_a_feed_is_content_whatever_its_entries_say() -> None:
    feed = "<?xml version='1.0'?><rss><channel><title>安全验证</title></channel></rss>"
    assert recognise(200, HOST, "", feed) is PageKind.CONTENT


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, PageKind.LOGIN),
        (403, PageKind.BLOCKED),
        (404, PageKind.GONE),
        (418, PageKind.BLOCKED),
        (429, PageKind.LIMITED),
        (432, PageKind.BLOCKED),
        (461, PageKind.CAPTCHA),
    ],
)
def test_some_statuses_say_it_themselves(status: int, kind: PageKind) -> None:
    assert recognise(status, HOST, "", page("清河新闻", PROSE)) is kind


@pytest.mark.parametrize("kind", list(PageKind))
def test_every_kind_has_chinese_words(kind: PageKind) -> None:
    assert KIND_ZH[kind]


@given(
    st.integers(100, 599),
    st.text(max_size=40),
    st.text(max_size=30),
    st.text("<>/{}[]\"':登录验证码htmlbodyscript 。", max_size=80) | st.text(max_size=80),
)
def test_any_answer_is_judged(status: int, url: str, title: str, body: str) -> None:
    assert recognise(status, url, title, body) in PageKind
