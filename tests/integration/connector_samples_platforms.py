"""Samples of platforms: 微博, 抖音, 知乎 and 微信公众号."""

from __future__ import annotations

from typing import Any

from connector_sample import TEXT, Sample, said
from crawl_site import entry, rss

QUERY = ("清河互联网医院",)


def weibo_posts(*texts: str) -> list[dict[str, Any]]:
    return [
        {
            "id": f"521000000000000{n}",
            "mid": f"521000000000000{n}",
            "created_at": f"Sun Nov 22 09:5{n}:00 +0800 2026",
            "text": text,
            "isLongText": False,
            "reposts_count": n,
            "comments_count": 2 * n,
            "attitudes_count": 3 * n,
            "region_name": "发布于 河北",
            "user": {"id": 1000 + n, "screen_name": f"张某{n}", "followers_count": 10 * n},
        }
        for n, text in enumerate(texts, start=1)
    ]


def weibo_search(*texts: str) -> str:
    return said({"statuses": weibo_posts(*texts), "total_number": len(texts)})


def weibo_cards(*texts: str) -> str:
    posts = [{"card_type": 9, "mblog": post} for post in weibo_posts(*texts)]
    topic = {"card_type": 4, "desc": "热门话题"}
    cards = [{"card_type": 11, "card_group": [topic, *posts[:1]]}, *posts[1:]]
    return said({"ok": 1, "data": {"cards": cards if texts else []}})


def douyin_videos(*titles: str) -> dict[str, Any]:
    videos = [
        {
            "item_id": f"747125214042240133{n}",
            "title": title,
            "create_time": 1795310000 + n,
            "nickname": f"张某{n}",
            "statistics": {"digg_count": n},
            "link": f"https://www.douyin.com/video/{n}",
        }
        for n, title in enumerate(titles)
    ]
    return {"cursor": len(titles), "has_more": False, "video_list": videos}


def douyin_words(*sentences: str) -> dict[str, Any]:
    return {"list": [{"sentence": one, "hot_level": 12_000, "label": 1} for one in sentences]}


def douyin(**data: Any) -> str:
    return said({"err_no": 0, "err_msg": "", "data": {"error_code": 0, **data}})


def zhihu_hot(*titles: str) -> str:
    items = [
        {
            "Title": title,
            "Url": f"https://www.zhihu.com/question/{n}",
            "ThumbnailUrl": "",
            "Summary": TEXT,
        }
        for n, title in enumerate(titles, start=1)
    ]
    return said({"Code": 0, "Message": "success", "Data": {"Total": len(items), "Items": items}})


def wechat_articles(*titles: str) -> dict[str, Any]:
    items = [
        {
            "article_id": f"a{n}",
            "update_time": 1795310000,
            "content": {"news_item": [{"title": title, "url": f"{ARTICLE}&mid={n}&idx=1"}]},
        }
        for n, title in enumerate(titles, start=1)
    ]
    return {"total_count": len(items), "item_count": len(items), "item": items}


ARTICLE = "https://mp.weixin.qq.com/s?__biz=MzA"
WECHAT_TOKEN = {"access_token": "not-a-token", "expires_in": 7200}
DOUYIN_TOKEN: dict[str, Any] = {"access_token": "clt.not-a-token", "expires_in": 7200}
DOUYIN_SECRETS = {"client_key": "key", "client_secret": "not-a-secret"}
DOUYIN_SEARCH = (
    "/dy_open_api/v2/search/video/?keyword=%E6%B8%85%E6%B2%B3%E4%BA%92%E8%81%94%E7%BD%91"
    "%E5%8C%BB%E9%99%A2&count=20&sort_type=2&device_id=2324736937&cursor=0"
)
# Behind a token the site is empty with one body for both requests.
PLATFORMS: dict[str, Sample] = {
    "douyin_hot": Sample(
        ok=douyin(**DOUYIN_TOKEN),
        items=2,
        empty=douyin(**DOUYIN_TOKEN, **douyin_words()),
        secrets=DOUYIN_SECRETS,
        pages={"/hotsearch/sentences/": douyin(**douyin_words("清河互联网医院回应排队", "降温"))},
    ),
    "douyin_search": Sample(
        ok=douyin(**DOUYIN_TOKEN),
        items=2,
        empty=douyin(**DOUYIN_TOKEN, **douyin_videos()),
        queries=QUERY,
        secrets=DOUYIN_SECRETS,
        pages={DOUYIN_SEARCH: douyin(**douyin_videos(TEXT, TEXT))},
    ),
    "rsshub": Sample(
        ok=rss(*(entry(n, f"https://weibo.example/{n}", TEXT) for n in (1, 2))),
        items=2,
        empty=rss(),
        content_type="application/rss+xml; charset=utf-8",
    ),
    "wechat_account": Sample(
        ok=said(WECHAT_TOKEN),
        items=2,
        empty=said({**WECHAT_TOKEN, **wechat_articles()}),
        secrets={"app_id": "wx0", "app_secret": "not-a-secret"},
        pages={
            "/cgi-bin/freepublish/batchget?access_token=not-a-token": said(
                wechat_articles("清河互联网医院关于排队的说明", "门诊时间")
            )
        },
    ),
    "wechat_feed": Sample(
        ok=rss(*(entry(n, f"https://mp.weixin.example/{n}", TEXT) for n in (1, 2))),
        items=2,
        empty=rss(),
        content_type="application/rss+xml; charset=utf-8",
    ),
    "weibo_search": Sample(
        ok=weibo_search(TEXT, TEXT),
        items=2,
        empty=weibo_search(),
        queries=QUERY,
        secrets={"access_token": "not-a-token"},
    ),
    "weibo_session": Sample(
        ok=weibo_cards(TEXT, TEXT),
        items=2,
        empty=said({"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}),
        queries=QUERY,
        secrets={"cookie": "SUB=not-a-session"},
    ),
    "zhihu_hot": Sample(
        ok=zhihu_hot("如何看待清河互联网医院排队两小时？", "今天降温了吗？"),
        items=2,
        empty=zhihu_hot(),
        secrets={"access_secret": "not-a-secret"},
    ),
}
