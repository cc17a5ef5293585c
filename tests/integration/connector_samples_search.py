"""Samples of search engines: 百度, 搜狗, 阿里云 and 知乎's tell of the same two pages."""

from __future__ import annotations

from connector_sample import TEXT, Sample, said

QUERY = ("清河互联网医院",)
URLS = ("https://www.haodf.com/doctor/7/pingjia-fuwu.html", "https://news.example.cn/a/1.html")
DATE = "2026-11-22 09:50:00"


def baidu(*urls: str) -> str:
    pages = [
        {"id": n, "title": "就诊评价", "url": url, "content": TEXT, "date": DATE, "type": "web"}
        for n, url in enumerate(urls, start=1)
    ]
    return said({"request_id": "r-1", "references": pages})


def tencent(*urls: str) -> str:
    pages = [
        {"title": "就诊评价", "url": url, "passage": TEXT, "date": DATE, "site": "清河新闻网"}
        for url in urls
    ]
    texts = [said(page) for page in pages]
    return said({"Response": {"Query": QUERY[0], "Pages": texts, "RequestId": "r-1"}})


def aliyun(*urls: str) -> str:
    pages = [
        {
            "title": "就诊评价",
            "link": url,
            "snippet": TEXT,
            "publishedTime": f"{DATE[:10]}T09:50:00",
        }
        for url in urls
    ]
    return said({"requestId": "r-1", "pageItems": pages, "sceneItems": []})


def zhihu(*urls: str) -> str:
    items = [
        {"Title": "就诊评价", "Url": url, "ContentText": TEXT, "EditTime": 1795310000}
        for url in urls
    ]
    return said({"Code": 0, "Message": "success", "Data": {"HasMore": False, "Items": items}})


SEARCHES: dict[str, Sample] = {
    "aliyun_search": Sample(
        ok=aliyun(*URLS),
        items=2,
        empty=aliyun(),
        queries=QUERY,
        secrets={"api_key": "not-a-key"},
    ),
    "baidu_search": Sample(
        ok=baidu(*URLS),
        items=2,
        empty=baidu(),
        queries=QUERY,
        secrets={"api_key": "not-a-key"},
    ),
    "sogou_search": Sample(
        ok=tencent(*URLS),
        items=2,
        empty=tencent(),
        queries=QUERY,
        secrets={"secret_id": "AKIDexample", "secret_key": "not-a-key"},
    ),
    "zhihu_web": Sample(
        ok=zhihu(*URLS),
        items=2,
        empty=zhihu(),
        queries=QUERY,
        secrets={"access_secret": "not-a-secret"},
    ),
}
