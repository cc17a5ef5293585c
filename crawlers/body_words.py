"""Where Chinese sites keep an article's text, and what stands in it without being part of it."""

from __future__ import annotations

import re


def _id(name: str) -> str:
    return f"//*[@id='{name}']"


def _class(name: str) -> str:
    return f"//*[contains(concat(' ',normalize-space(@class),' '),' {name} ')]"


# Forums: the first post is the text, the others answer it.
FIRST_OF_MANY = (
    "//*[starts-with(@id,'postmessage_')]",  # Discuz
    _class("d_post_content"),  # 百度贴吧
    _class("t_f"),
    _class("bbs-content"),  # 天涯
    _class("topic-richtext"),  # 豆瓣小组
)
# The narrow ones first: a container may stand inside another of the list.
CONTAINERS = (
    _id("js_content"),  # 微信公众号
    _class("rich_media_content"),
    *FIRST_OF_MANY,
    _id("artibody"),  # 新浪
    _class("post_body"),  # 网易
    _id("endText"),
    _class("post_text"),
    _class("content-article"),  # 腾讯
    _id("Cnt-Main-Article-QQ"),
    _id("rwb_zw"),  # 人民网
    _class("rm_txt_con"),
    _id("detailContent"),  # 新华网
    _class("left_zw"),  # 中新网
    _class("all-txt"),  # 观察者网
    _class("news_txt"),  # 澎湃
    _class("art_contextBox"),  # 和讯
    _class("Mid2L_con"),  # 游民星空
    _id("ContentBody"),  # 东方财富
    _id("mp-editor"),  # 搜狐
    _class("cnt_bd"),  # 央视网
    _class("TRS_Editor"),  # TRS, the content system of most government sites
    _class("TRS_UEDITOR"),
    _class("trs_editor_view"),
    _id("UCAP-CONTENT"),  # 中国政府网
    _class("pages_content"),
    _class("v_news_content"),  # 博达 site builder: universities and hospitals
    _class("wp_articlecontent"),  # 苏迪 site builder: universities
    "//*[starts-with(@id,'vsb_content')]",
    _id("ozoom"),  # 方正 digital papers
    "//founder-content",
    _id("zoom"),  # 大汉 government sites
    _id("fontzoom"),
    _id("cnblogs_post_body"),  # 博客园
    _class("htmledit_views"),  # CSDN
    _class("markdown_views"),
    _id("article_content"),
    _class("markdown-body"),
    _class("Post-RichText"),  # 知乎专栏
    _class("RichText"),
    _class("entry-content"),  # WordPress
    _class("articleContent"),
    _class("article-content"),  # 头条, 百家号
    _class("article_content"),
    _class("article__content"),
    _class("articleBody"),
    _class("article-body"),
    _class("article-detail"),
    "//*[@itemprop='articleBody']",
)
_JUNK_NAMES = (
    "share", "bdshare", "related", "relate", "recommend", "comment", "editor", "edit-info",
    "statement", "disclaimer", "copyright", "qrcode", "erweima", "ewm", "pagination", "page_css",
    "pagenav", "pages", "keywords", "article-tag", "tags", "toolbar", "advert", "ad-box", "adbox",
    "openapp", "unfold", "hot-news", "tuijian", "xgyd",
)  # fmt: skip
JUNK = "|".join(
    (
        ".//script|.//style|.//noscript|.//iframe|.//button|.//select|.//form//input|.//textarea",
        ".//*[contains(translate(@style,' ',''),'display:none')]",
        *(f".{_class(name)}" for name in _JUNK_NAMES),
        *(f".{_id(name)}" for name in _JUNK_NAMES),
    )
)
NOT_THE_ARTICLE = re.compile(
    r"(?:^|[\s_-])(?:comments?|replies|reply|related?|recommend\w*|footer|foot|copyright|sidebar|nav"
    r"|navbar|menu|hot|rank\w*|share|breadcrumb|crumb|login|disclaimer|statement|tuijian|pinglun)"
    r"(?:[\s_-]|$)",
    re.IGNORECASE,
)
