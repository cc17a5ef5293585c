"""Exports as the tools write them, with made-up posts; one sample a shape of file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from openpyxl import Workbook

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai
TEN_DAYS_AGO = 1762912800  # 2025-11-12 02:00 UTC
Row = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """Rows of one shape, the containers they come in, and what the first of them must become."""

    name: str
    format: str
    rows: Sequence[Row]
    first: Mapping[str, Any]
    text: str
    """The column that holds the words."""
    time: str
    containers: tuple[str, ...]
    head: Mapping[str, Any] = field(default_factory=dict)
    listed: str = ""
    """The name of the list in a document that has more than a list."""
    more: int = 0
    """Mentions beyond one a row."""

    def __str__(self) -> str:
        return self.name


def two(row: Row, key: str, other: Any, text: str) -> list[Row]:
    """The row and another one with its own number."""
    return [row, {**row, key: other, text: "排队两个小时没人管"}]


TEXT = "清河医院让人等了三个小时"
TABLES = ("csv", "xlsx")
CRAWLED = ("jsonl", "json", "csv", "xlsx")
OLD = {
    "user_id": "u1",
    "nickname": "早起的人",
    "avatar": "https://x.example/a",
    "ip_location": "北京",
}
NEW = {"creator_hash": "9f86d081884c7d65", "nickname": "早***人"}
SEEN = {"last_modify_ts": 1763000000000}


def media(platform: str, row: Row, key: str, text: str, time: str, **first: Any) -> list[Sample]:
    """Both generations of one file of MediaCrawler."""
    number = row[key]
    wanted = {"platform": platform, "text": TEXT, **first}
    return [
        Sample(
            name=f"mediacrawler-{platform}-{'comment' if 'comment_id' in row else 'post'}-{which}",
            format="mediacrawler",
            rows=two({**row, **user, **SEEN}, key, _next(number), text),
            first={**wanted, "author": author},
            text=text,
            time=time,
            containers=CRAWLED,
        )
        for which, user, author in (("old", OLD, "u1"), ("new", NEW, NEW["creator_hash"]))
    ]


def _next(number: Any) -> Any:
    return number + 1 if isinstance(number, int) else f"{number}x"


WHEN = datetime(2025, 11, 12, 2, 0, tzinfo=UTC)
MEDIACRAWLER = [
    *media(
        "xiaohongshu",
        {
            "note_id": "66f1a0",
            "type": "normal",
            "title": "就诊记录",
            "desc": TEXT,
            "time": TEN_DAYS_AGO * 1000,
            "last_update_time": 0,
            "liked_count": "1.2万",
            "collected_count": "10+",
            "comment_count": "85",
            "share_count": "3",
            "note_url": "https://www.xiaohongshu.com/explore/66f1a0",
            "source_keyword": "清河医院",
        },
        "note_id",
        "desc",
        "time",
        id="66f1a0",
        likes=12_000,
        comments=85,
        reposts=3,
        title="就诊记录",
        published_at=WHEN,
    ),
    *media(
        "xiaohongshu",
        {
            "comment_id": "c9",
            "create_time": TEN_DAYS_AGO * 1000,
            "note_id": "66f1a0",
            "content": TEXT,
            "sub_comment_count": 2,
            "parent_comment_id": 0,
            "like_count": "7",
            "pictures": "",
        },
        "comment_id",
        "content",
        "create_time",
        id="comment:c9",
        parent_id="66f1a0",
        likes=7,
        comments=2,
    ),
    *media(
        "weibo",
        {
            "note_id": "5098765432109876",
            "content": TEXT,
            "create_time": TEN_DAYS_AGO,
            "create_date_time": "2025-11-12 10:00:00+08:00",
            "liked_count": "12",
            "comments_count": "4",
            "shared_count": "9",
            "note_url": "https://m.weibo.cn/detail/5098765432109876",
            "source_keyword": "清河医院",
        },
        "note_id",
        "content",
        "create_time",
        id="5098765432109876",
        likes=12,
        comments=4,
        reposts=9,
        published_at=WHEN,
    ),
    *media(
        "weibo",
        {
            "comment_id": "77",
            "note_id": "5098765432109876",
            "content": TEXT,
            "create_time": TEN_DAYS_AGO,
            "create_date_time": "2025-11-12 10:00:00+08:00",
            "sub_comment_count": "0",
            "parent_comment_id": "55",
            "comment_like_count": "3",
        },
        "comment_id",
        "content",
        "create_time",
        id="comment:77",
        parent_id="comment:55",
        likes=3,
    ),
    *media(
        "douyin",
        {
            "aweme_id": "7300000000000000001",
            "aweme_type": "0",
            "title": TEXT,
            "desc": TEXT,
            "create_time": TEN_DAYS_AGO,
            "liked_count": "5",
            "collected_count": "1",
            "comment_count": "2",
            "share_count": "3",
            "aweme_url": "https://www.douyin.com/video/7300000000000000001",
        },
        "aweme_id",
        "desc",
        "create_time",
        id="7300000000000000001",
        reposts=3,
        published_at=WHEN,
    ),
    *media(
        "douyin",
        {
            "comment_id": "8",
            "create_time": TEN_DAYS_AGO,
            "aweme_id": "7300000000000000001",
            "content": TEXT,
            "sub_comment_count": "0",
            "like_count": 6,
            "parent_comment_id": "0",
            "pictures": "",
        },
        "comment_id",
        "content",
        "create_time",
        id="comment:8",
        parent_id="7300000000000000001",
        likes=6,
    ),
    *media(
        "kuaishou",
        {
            "video_id": "3xabc",
            "video_type": "1",
            "title": TEXT,
            "desc": TEXT,
            "create_time": TEN_DAYS_AGO * 1000,
            "liked_count": "8",
            "viewd_count": "3.4万",
            "video_url": "https://www.kuaishou.com/short-video/3xabc",
        },
        "video_id",
        "desc",
        "create_time",
        id="3xabc",
        views=34_000,
        published_at=WHEN,
    ),
    *media(
        "kuaishou",
        {
            "comment_id": "12",
            "create_time": TEN_DAYS_AGO * 1000,
            "video_id": "3xabc",
            "content": TEXT,
            "sub_comment_count": "1",
        },
        "comment_id",
        "content",
        "create_time",
        id="comment:12",
        parent_id="3xabc",
    ),
    *media(
        "bilibili",
        {
            "video_id": "1145",
            "video_type": "video",
            "title": "就诊经历",
            "desc": TEXT,
            "create_time": TEN_DAYS_AGO,
            "liked_count": "8",
            "video_play_count": "999",
            "video_share_count": "1",
            "video_danmaku": "2",
            "video_comment": "6",
            "video_url": "https://www.bilibili.com/video/av1145",
        },
        "video_id",
        "desc",
        "create_time",
        id="1145",
        views=999,
        comments=6,
        reposts=1,
    ),
    *media(
        "bilibili",
        {
            "comment_id": "1145",
            "parent_comment_id": "0",
            "create_time": TEN_DAYS_AGO,
            "video_id": "1145",
            "content": TEXT,
            "sub_comment_count": "0",
            "like_count": 4,
        },
        "comment_id",
        "content",
        "create_time",
        id="comment:1145",
        parent_id="1145",
    ),
    *media(
        "zhihu",
        {
            "content_id": "345",
            "content_type": "answer",
            "content_text": TEXT,
            "content_url": "https://www.zhihu.com/question/1/answer/345",
            "question_id": "1",
            "title": "这家医院怎么样",
            "desc": "",
            "created_time": TEN_DAYS_AGO,
            "updated_time": TEN_DAYS_AGO,
            "voteup_count": 31,
            "comment_count": 2,
        },
        "content_id",
        "content_text",
        "created_time",
        id="Answer:345",
        likes=31,
        title="这家医院怎么样",
        published_at=WHEN,
    ),
    *media(
        "zhihu",
        {
            "comment_id": "99",
            "parent_comment_id": "",
            "content": TEXT,
            "publish_time": TEN_DAYS_AGO,
            "sub_comment_count": 0,
            "like_count": 1,
            "dislike_count": 0,
            "content_id": "345",
            "content_type": "answer",
        },
        "comment_id",
        "content",
        "publish_time",
        id="comment:99",
        parent_id="Answer:345",
    ),
    *media(
        "tieba",
        {
            "note_id": "9001",
            "title": "问一下",
            "desc": TEXT,
            "note_url": "https://tieba.baidu.com/p/9001",
            "publish_time": "2025-11-12 10:00",
            "tieba_id": "5",
            "tieba_name": "清河吧",
            "total_replay_num": 12,
            "total_replay_page": 1,
        },
        "note_id",
        "desc",
        "publish_time",
        id="9001",
        comments=12,
        published_at=WHEN,
    ),
    *media(
        "tieba",
        {
            "comment_id": "15",
            "parent_comment_id": "",
            "content": TEXT,
            "tieba_id": "5",
            "tieba_name": "清河吧",
            "publish_time": "2025-11-12 10:00",
            "sub_comment_count": 0,
            "note_id": "9001",
            "note_url": "https://tieba.baidu.com/p/9001",
        },
        "comment_id",
        "content",
        "publish_time",
        id="comment:15",
        parent_id="9001",
    ),
]
SEARCHED = {
    "id": "5098765432109876",
    "bid": "OcQ1xyz",
    "user_id": "1749127163",
    "用户昵称": "早起的人",
    "微博正文": TEXT,
    "头条文章url": "",
    "发布位置": "",
    "艾特用户": "",
    "话题": "就医",
    "转发数": "9",
    "评论数": "4",
    "点赞数": "1.2万",
    "发布时间": "2025-11-12 10:00",
    "发布工具": "手机",
    "微博图片url": "",
    "微博视频url": "",
    "retweet_id": "",
    "ip": "北京",
    "user_authentication": "蓝V",
    "会员类型": "",
    "会员等级": "",
}
CRAWLER_CSV = {
    "id": "4433",
    "bid": "IgXYZ",
    "正文": TEXT,
    "日期": "2025-11-12",
    "完整日期": "2025-11-12 10:00:00",
    "工具": "手机",
    "点赞数": "3",
    "评论数": "2",
    "转发数": "1",
    "话题": "",
    "@用户": "",
    "是否原创": "False",
    "源用户id": "888",
    "源用户昵称": "原博主",
    "源微博id": "4400",
    "源微博bid": "IgAAA",
    "源微博正文": "原帖说清河医院的事",
    "源微博日期": "2025-11-11",
    "源微博点赞数": "100",
    "源微博评论数": "20",
    "源微博转发数": "30",
}
CRAWLER_JSON = {
    "id": 4433,
    "bid": "IgXYZ",
    "user_id": 1669,
    "screen_name": "早起的人",
    "text": TEXT,
    "created_at": "2025-11-12",
    "full_created_at": "2025-11-12 10:00:00",
    "attitudes_count": 3,
    "comments_count": 2,
    "reposts_count": 1,
}
SPIDER = {
    "crawl_time": 1763000000,
    "_id": "4762810834227120",
    "mblogid": "LqlZNhJFm",
    "created_at": "2025-11-12 10:00:00",
    "geo": None,
    "ip_location": "发布于 北京",
    "reposts_count": 7,
    "comments_count": 4,
    "attitudes_count": 19,
    "source": "手机",
    "content": TEXT,
    "pic_urls": [],
    "user": {"_id": "1087", "nick_name": "早起的人", "verified": True, "followers_count": 300},
    "url": "https://weibo.com/1087/LqlZNhJFm",
}
SPIDER_COMMENT = {
    "crawl_time": 1763000000,
    "_id": 4826279188108038,
    "created_at": "2025-11-12 10:00:00",
    "like_counts": 1,
    "content": TEXT,
    "comment_user": {"_id": "2380", "nick_name": "路人", "followers_count": 238},
}
COMPLAINT = {
    "投诉编号": "17356789012",
    "投诉标题": "挂号费不退",
    "投诉内容": TEXT,
    "投诉对象": "清河互联网医院",
    "投诉问题": "不退费",
    "投诉要求": "退款、道歉",
    "涉诉金额": "128",
    "投诉时间": "2025-11-12 10:00:00",
    "投诉进度": "处理中",
}
HOT = {
    "id": "清河医院",
    "title": TEXT,
    "url": "https://s.weibo.com/weibo?q=1",
    "extra": {"info": "123万"},
}
HAND_MADE = {
    "平台": "微博",
    "文章编号": "a-1",
    "标题": "就医",
    "正文内容": TEXT,
    "原文链接": "https://weibo.com/1/Abc",
    "发布人": "早起的人",
    "粉丝数（人）": "3.4万",
    "发布时间(北京时间)": "2025年11月12日 10:00",
    "阅读量": "10万+",
    "点赞数": "1,234",
    "评论": "56",
    "转发量": "-",
}
OURS = {"platform": "weibo", "id": "w1", "text": TEXT, "published_at": "2025-11-12T10:00:00+08:00"}
SAMPLES = [
    *MEDIACRAWLER,
    Sample(
        "weibo-search",
        "weibo-search",
        two(SEARCHED, "id", "5098765432109877", "微博正文"),
        {
            "platform": "weibo",
            "id": "5098765432109876",
            "likes": 12_000,
            "author": "1749127163",
            "author_verified": True,
            "url": "https://weibo.com/1749127163/OcQ1xyz",
            "published_at": WHEN,
            "parent_id": None,
        },
        "微博正文",
        "发布时间",
        TABLES,
    ),
    Sample(
        "weibo-crawler-csv",
        "weibo-crawler",
        two(CRAWLER_CSV, "id", "4434", "正文"),
        {"platform": "weibo", "id": "4433", "likes": 3, "parent_id": "4400", "published_at": WHEN},
        "正文",
        "完整日期",
        TABLES,
        more=2,
    ),
    Sample(
        "weibo-crawler-json",
        "weibo-crawler",
        two(CRAWLER_JSON, "id", 4434, "text"),
        {
            "id": "4433",
            "reposts": 1,
            "author_followers": 12,
            "author": "1669",
            "published_at": WHEN,
        },
        "text",
        "full_created_at",
        ("json",),
        head={"user": {"id": "1669", "followers_count": 12, "verified": False}},
        listed="weibo",
    ),
    Sample(
        "weibo-spider",
        "weibo-spider",
        two(SPIDER, "_id", "4762810834227121", "content"),
        {"id": "4762810834227120", "author": "1087", "author_followers": 300, "likes": 19},
        "content",
        "created_at",
        ("jsonl", "json"),
    ),
    Sample(
        "weibo-spider-comment",
        "weibo-spider",
        two(SPIDER_COMMENT, "_id", 4826279188108039, "content"),
        {"id": "comment:4826279188108038", "author": "2380", "likes": 1, "published_at": WHEN},
        "content",
        "created_at",
        ("jsonl", "json"),
    ),
    Sample(
        "heimao",
        "heimao",
        two(COMPLAINT, "投诉编号", "17356789013", "投诉内容"),
        {
            "platform": "heimao",
            "id": "17356789012",
            "title": "挂号费不退",
            "text": f"{TEXT}\n投诉对象：清河互联网医院\n投诉问题：不退费\n投诉要求：退款、道歉",
            "published_at": WHEN,
        },
        "投诉内容",
        "投诉时间",
        TABLES,
    ),
    Sample(
        "newsnow",
        "newsnow",
        two(HOT, "id", "另一条", "title"),
        {"platform": "weibo", "id": "hot:weibo:清河医院", "title": TEXT, "heat": 1_230_000.0},
        "title",
        "pubDate",
        ("json",),
        head={"status": "success", "id": "weibo", "updatedTime": 1763000000000},
        listed="items",
    ),
    Sample(
        "table",
        "table",
        two(HAND_MADE, "文章编号", "a-2", "正文内容"),
        {
            "platform": "weibo",
            "id": "a-1",
            "title": "就医",
            "text": TEXT,
            "author_followers": 34_000,
            "views": 100_000,
            "likes": 1_234,
            "comments": 56,
            "reposts": None,
            "published_at": WHEN,
        },
        "正文内容",
        "发布时间(北京时间)",
        TABLES,
    ),
    Sample(
        "jsonl",
        "jsonl",
        two(OURS, "id", "w2", "text"),
        {"platform": "weibo", "id": "w1", "published_at": WHEN},
        "text",
        "published_at",
        ("jsonl", "json"),
    ),
]


def packed(sample: Sample, container: str, rows: Sequence[Row] | None = None) -> bytes:
    """The sample's rows as a file."""
    chosen = sample.rows if rows is None else rows
    if container == "jsonl":
        return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in chosen).encode()
    if container == "json":
        document = {**sample.head, sample.listed: chosen} if sample.listed else chosen
        return json.dumps(document, ensure_ascii=False, indent=4).encode()
    return as_csv(chosen).encode("utf-8-sig") if container == "csv" else as_xlsx(chosen)


def as_csv(rows: Sequence[Row]) -> str:
    """Rows as Excel and pandas write them."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def as_xlsx(rows: Sequence[Row], **sheets: Sequence[Row]) -> bytes:
    """Rows as a workbook of one sheet or more."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    _fill(sheet, rows)
    for name, more in sheets.items():
        _fill(book.create_sheet(name), more)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(sheet: Any, rows: Sequence[Row]) -> None:
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
