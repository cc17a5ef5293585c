"""Any table whose columns people named, in Chinese or English (T3): vendors' exports, hand lists.

A column is known by its name without brackets, blanks and marks; failing that by its ending.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import partial

from crawlers.importers.own import OURS
from crawlers.importers.plan import Columns, Fields, Plan, Record
from crawlers.importers.platforms import is_private, platform_named, platform_of
from crawlers.importers.record import MAX_KEY
from crawlers.importers.rows import Table
from crawlers.items import ItemError
from crawlers.parsing import canonical_url, is_web_address

NAME = "table"
TITLE = "表格"
HEADINGS = {
    "platform": "平台 平台名称 来源平台 媒体平台 发布平台 数据平台 渠道 来源渠道 信息渠道 "
    "媒体类型 来源类型 信息来源 来源 网站 站点 媒体",
    "id": "编号 唯一编号 id 文章id 微博id 帖子id 笔记id 作品id 视频id 评论id 内容id "
    "信息id 数据id 评价id 工单号 mid 唯一标识 文章编号 帖子编号 评论编号",
    "title": "标题 文章标题 帖子标题 笔记标题 视频标题 作品标题 新闻标题 信息标题 评价标题 "
    "主题 问题 题目",
    "text": "正文 内容 全文 文本 文章正文 正文内容 文章内容 微博正文 微博内容 博文 笔记内容 "
    "笔记正文 帖子内容 评论内容 评价内容 视频文案 文案 原文 原文内容 信息内容 "
    "发布内容 反馈内容 回答内容 摘要 内容摘要 文章摘要 描述 详情 content desc",
    "url": "链接 网址 url 地址 原文链接 原文地址 原文网址 文章链接 文章地址 微博链接 "
    "帖子链接 笔记链接 视频链接 作品链接 详情链接 信息链接 链接地址 link",
    "author": "作者id 用户id 账号id 作者 作者名称 作者昵称 用户 用户名 用户昵称 昵称 账号 "
    "账号名称 账号昵称 博主 发布人 发布者 发布账号 发帖人 评论人 评论用户 发文作者 "
    "媒体名称 公众号名称 up主",
    "author_followers": "粉丝数 粉丝 粉丝量 粉丝数量 作者粉丝数 账号粉丝数 博主粉丝数 订阅数",
    "author_verified": "认证 是否认证 认证类型 作者认证 账号认证",
    "published_at": "发布时间 发表时间 发布日期 发表日期 发文时间 发帖时间 评论时间 评价时间 "
    "创建时间 时间 日期 发布于 投稿时间 publish_time pubdate created_at",
    "observed_at": "采集时间 抓取时间 爬取时间 数据时间 入库时间 监测时间 统计时间",
    "views": "阅读数 阅读量 阅读 浏览数 浏览量 浏览 播放数 播放量 播放 点击数 点击量 曝光量 "
    "观看数 观看量 阅读播放量",
    "likes": "点赞数 点赞量 点赞 获赞数 赞数 赞 赞同数 喜欢数 顶",
    "comments": "评论数 评论量 评论 回复数 回复量 回复 跟帖数 评论数量",
    "reposts": "转发数 转发量 转发 分享数 分享量 分享 转发数量 转发分享数",
    "heat": "热度 热度值 热度指数 热搜指数 传播指数",
    "rating": "评分 星级 打分 评价星级 得分",
    "parent_id": "原帖id 原微博id 源微博id 父评论id 上级评论id 转发微博id 回复id 原文id",
    "private": "非公开 私密 内部",
}
ENDINGS = {
    "标题": "title",
    "正文": "text",
    "内容": "text",
    "链接": "url",
    "发布时间": "published_at",
    "点赞数": "likes",
    "评论数": "comments",
    "转发数": "reposts",
    "阅读数": "views",
    "阅读量": "views",
    "播放量": "views",
    "粉丝数": "author_followers",
}
# Columns that end alike but tell of something else: what the brand answered, the original post.
OTHERS = re.compile("回复|答复|处理|商家|商户|源|审核|备注|图片|视频|头像|主页|参与|作者")
COMMENTS = re.compile("评论|评价|回复|回答|反馈")
BRACKETS = re.compile(r"[(\[【{][^)\]】}]*[)\]】}]")
MARKS = re.compile(r"[\s*#:;,.'\"“”·•|/\\-]+")
NO_PLATFORM = (
    "不知道是哪个平台：没有「平台」列，链接也认不出来；"
    "请加一列「平台」，或在命令里写 --platform 微博"
)


def plan(keys: frozenset[str], table: Table) -> Plan | None:
    """Give every one of our fields the columns that may hold it; a table needs text or title."""
    columns = columns_of(keys)
    if not {"text", "title"} & columns.keys() or len(keys) < 2:  # noqa: PLR2004 (a lone column is no table)
        return None
    shared = "title" not in columns or any(map(COMMENTS.search, columns.get("text", ())))
    return Plan(columns, finish=partial(_whole, platform=table.platform, shared=shared))


def columns_of(keys: Iterable[str]) -> Columns:
    """Return our field → the table's columns, the surest first."""
    known = {plain(key): key for key in keys}
    exact = {
        ours: tuple(known[word] for word in words.split() if word in known)
        for ours, words in _all_words().items()
    }
    columns = {ours: theirs for ours, theirs in exact.items() if theirs}
    taken = {one for theirs in columns.values() for one in theirs}
    for key in keys:
        ours = next((field for end, field in ENDINGS.items() if plain(key).endswith(end)), "")
        if ours and ours not in columns and key not in taken and not OTHERS.search(key):
            columns[ours] = (key,)
    if "text" not in columns and "comments" in columns and plain(columns["comments"][0]) == "评论":
        columns["text"] = columns.pop("comments")  # a sheet of comments: no counter, the words
    return columns


def plain(heading: str) -> str:
    """Return a heading without brackets, blanks and marks, in small letters."""
    folded = unicodedata.normalize("NFKC", heading).strip().lower()
    return MARKS.sub("", BRACKETS.sub("", folded)) or folded


def _all_words() -> dict[str, str]:
    """Return the headings together with our own English names."""
    return {ours: f"{ours} {HEADINGS.get(ours, '')}" for ours in sorted(OURS - {"raw"})}


def _whole(record: Record, fields: Fields, platform: str, shared: bool) -> Iterable[Record]:  # noqa: ARG001 (one shape for all)
    """Name the platform and the post; what a company records of its customers is private."""
    url, said = str(record.get("url", "")), str(record.get("platform", ""))
    name = platform_named(said) if said else platform_of(url) or platform
    if not name:
        raise ItemError(NO_PLATFORM)
    record["platform"] = name
    record["private"] = bool(record.get("private")) or is_private(name)
    record["id"] = record.get("id") or _made_up(record, url, shared=shared)
    return (record,)


def _made_up(record: Record, url: str, *, shared: bool) -> str:
    """Return an id for a row without one, the same every time: its address, else what it says.

    `shared`: rows are comments or have no title; several of them may stand at one address.
    """
    if not shared and is_web_address(url) and len(url) <= MAX_KEY:
        return canonical_url(url)
    guessed = "raw" in record  # 「昨天」 is another day when the file is saved again
    names = ("platform", "url", "author", "title", "text", *(() if guessed else ("published_at",)))
    said = "\n".join(str(record.get(name, "")) for name in names)
    return f"row:{hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()[:32]}"
