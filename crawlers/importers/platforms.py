"""The names that exports give to platforms, and the one name that we store."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

NAMES = {
    "weibo": ("微博", "新浪微博", "wb", "weibo"),
    "xiaohongshu": ("小红书", "xhs", "xiaohongshu", "rednote", "red"),
    "douyin": ("抖音", "dy", "douyin"),
    "kuaishou": ("快手", "ks", "kuaishou"),
    "bilibili": ("哔哩哔哩", "b站", "bili", "bilibili"),
    "zhihu": ("知乎", "zhihu"),
    "tieba": ("百度贴吧", "贴吧", "tieba"),
    "wechat": ("微信", "微信公众号", "公众号", "wechat", "weixin"),
    "toutiao": ("今日头条", "头条", "头条号", "toutiao"),
    "heimao": ("黑猫投诉", "黑猫", "heimao"),
    "haodf": ("好大夫", "好大夫在线", "haodf"),
    "news": ("新闻", "网媒", "网站", "新闻网站", "资讯", "新闻客户端", "news"),
}
# Names that only our own sources give; no export calls them so.
OWN_NAMES = {
    "appstore": "App Store",
    "hot": "热榜",
    "hotline": "客服电话",
    "huawei_appgallery": "华为应用市场",
    "staff": "员工上报",
}
HOSTS = {
    "weibo.com": "weibo",
    "weibo.cn": "weibo",
    "xiaohongshu.com": "xiaohongshu",
    "xhslink.com": "xiaohongshu",
    "douyin.com": "douyin",
    "iesdouyin.com": "douyin",
    "kuaishou.com": "kuaishou",
    "bilibili.com": "bilibili",
    "b23.tv": "bilibili",
    "zhihu.com": "zhihu",
    "tieba.baidu.com": "tieba",
    "mp.weixin.qq.com": "wechat",
    "toutiao.com": "toutiao",
    "tousu.sina.com.cn": "heimao",
    "haodf.com": "haodf",
}
# What a company records of its own customers is no public talk; see `private` in DESIGN.
PRIVATE = (
    "hotline",
    "客服电话",
    "客服热线",
    "热线",
    "400电话",
    "在线客服",
    "客服",
    "问诊",
    "在线问诊",
    "社群",
)
# A broken row is shown to whoever mends it; of a private one nothing may be. Its cells or values
# stand between marks.
MARKED = re.compile(
    r"""["']?(?:private|非公开)["']?\s*[:：]\s*["']?(?:true|1|是)"""
    rf"""|(?:^|["',，;\t])(?:{"|".join(PRIVATE)})(?=$|["',，;\t])""",
    re.IGNORECASE,
)
_KNOWN = {alias: name for name, aliases in NAMES.items() for alias in aliases}


def platform_named(name: str) -> str:
    """Return our name of a platform; a name that we do not know stays as it is."""
    plain = unicodedata.normalize("NFKC", name).strip()
    return _KNOWN.get(plain.lower(), plain)


def platform_label(name: str) -> str:
    """Return a stored name as people read it; one that somebody chose themselves stays."""
    return NAMES[name][0] if name in NAMES else OWN_NAMES.get(name, name)


def platform_of(url: str) -> str | None:
    """Return the platform that an address belongs to; None for other sites."""
    try:
        host = urlsplit(url.strip()).hostname or ""
    except ValueError:
        return None
    ends = (known for known in HOSTS if host == known or host.endswith(f".{known}"))
    return HOSTS.get(next(ends, ""))


def is_private(name: str) -> bool:
    """Tell whether rows of this name are a company's own records of its customers."""
    return unicodedata.normalize("NFKC", name).strip() in PRIVATE


def is_marked_private(text: str) -> bool:
    """Tell whether a row that cannot be read says all the same that it is private."""
    return MARKED.search(text) is not None
