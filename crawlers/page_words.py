"""The words by which gates betray themselves: login, captcha, visitor, block and removal pages.

Collected from what people report who read 微博, 微信, 百度, 知乎, 抖音, 小红书, 搜狗 and Discuz, or
met the firewalls of 阿里云, 腾讯云, 瑞数, 宝塔 and Cloudflare.
"""

from __future__ import annotations

import re

_FLAGS = re.IGNORECASE

VISITOR = re.compile(r"Sina Visitor System|passport\.weibo\.c(?:om|n)/visitor|微博访客系统", _FLAGS)
CAPTCHA = re.compile(
    r"(?:百度|知乎|微博|抖音)?安全验证|验证码中间页|人机(?:身份)?验证|滑动验证|访问验证|身份验证页"
    r"|完成验证后即可|请完成.{0,8}验证|请先?(?:进行|通过).{0,6}验证|(?:拖动|按住|滑动).{0,6}滑块"
    r"|向右滑动|请输入.{0,6}验证码.{0,6}(?:继续|访问|确认)|此验证码用于|点击按钮进行验证"
    r"|(?:网络|访问|当前|运行)?环境(?:存在)?异常|不是自动程序|不是机器人|unusual traffic"
    r"|(?:are|you're) (?:not a robot|human)|\bcaptcha\b|unhuman",
    _FLAGS,
)
LOGIN = re.compile(
    r"(?:用户|账号|帐号|会员|统一身份|微博|知乎|扫码|密码|短信|手机号?)\s?登[录陆]|请先?登[录陆]"
    r"|^\s*登[录陆]\s*$|尚?未登[录陆]|需要登[录陆]后?(?:才能|才可以|方可|继续)"
    r"|(?:登[录陆]|log ?in|sign ?in)后?\s?(?:即可|才能|可以?|再|以)\s?(?:查看|浏览|访问|继续|使用)"
    r"|登[录陆](?:状态)?已?(?:过期|失效|超时)|(?:log|sign)(?:ged)? ?in (?:to|with|required)"
    r"|please (?:log|sign) ?in|login required|need.?login|not logged in",
    _FLAGS | re.MULTILINE,
)
BLOCKED = re.compile(
    r"访问(?:请求)?(?:已?被|受)(?:拒绝|拦截|阻断|阻止|限制|禁止|到限制)|(?:网站|Web应用|云)防火墙"
    r"|请求(?:已?被|疑似|存在|带有|包含).{0,8}(?:拦截|拒绝|攻击|不合法|威胁|恶意)"
    r"|安全威胁.{0,6}(?:阻断|拦截)|(?:您|你)的?IP.{0,12}(?:封|限制|禁止|异常|黑名单)|异常流量"
    r"|Access Denied|403 Forbidden|request (?:was )?blocked|Attention Required|Just a moment"
    r"|Checking your browser|Sorry, you have been blocked",
    _FLAGS,
)
LIMITED = re.compile(
    r"(?:访问|操作|请求|搜索|刷新)(?:过于|太过?|次数)?(?:频繁|过多|过快)|请求次数.{0,6}上限"
    r"|freq control|too many requests|rate limit",
    _FLAGS,
)
GONE = re.compile(
    r"(?:抱歉,?|您|你|指定|请求|访问|查看|的|该|此|这个)*"
    r"(?:内容|文章|帖子|主题|微博|笔记|视频|回答|问题|页面|网页|信息|作品).{0,8}"
    r"(?:已?被?.{0,4}(?:删除|下架|屏蔽|撤回)|不存在|不见了|走丢了?|找不到|因违规无法查看|无法查看)"
    r"|404 Not Found|page not found",
    _FLAGS,
)
# A page that only computes a key for the next request: nothing in it is meant for a reader.
CHALLENGE = re.compile(
    r"acw_sc__v2|\$_ts\s*=|__ac_signature|_\$jsvmprt|/cdn-cgi/challenge-platform|TencentCaptcha"
    r"|window\._cf_chl_opt|aliyun_waf|AliyunCaptcha|geetest\.com|initGeetest|punish-component"
)
NEEDS_SCRIPT = re.compile(
    r"enable JavaScript|(?:启用|开启|打开|支持)\s?(?:浏览器的?)?\s?(?:JavaScript|JS)\b"
    r"|<div id=[\"']?(?:app|root|__next|__nuxt)[\"']?[^>]{0,80}>\s*</div>",
    _FLAGS,
)
# What only an article's page says of itself; «og:type» is no sign, gates copy it from the article.
ARTICLE = re.compile(
    r"\"@type\"\s*:\s*\"\w*(?:Article|Posting)\"|itemprop\s*=\s*[\"']?articleBody", _FLAGS
)
# By address: a whole host or a piece of the path; never the query, which may quote anything.
ADDRESSES = (
    ("visitor", re.compile(r"passport\.weibo\.c(?:om|n)/visitor", _FLAGS)),
    (
        "captcha",
        re.compile(
            r"wappass\.|wappoc_appmsgcaptcha|/(?:antispider|unhuman|captcha|verifycenter|sec/verify)\b"
            r"|//(?:captcha|verify|sec)\.",
            _FLAGS,
        ),
    ),
    (
        "login",
        re.compile(
            r"//(?:passport|login|sso|account|accounts|cas|oauth)\."
            r"|/(?:login|signin|sign_in|logon|passport|sso|newlogin)(?:[/.?]|$)",
            _FLAGS,
        ),
    ),
)
