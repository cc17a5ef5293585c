"""Samples of pages and sitemaps."""

from __future__ import annotations

from connector_sample import TEXT, Sample
from crawl_site import article


def sitemap(*titles: str) -> str:
    places = "".join(
        f"<url><loc>https://news.example/health/{n}.html</loc><news:news>"
        f"<news:title>{title}</news:title>"
        f"<news:publication_date>2026-11-22T09:0{n}:00+08:00</news:publication_date>"
        "</news:news></url>"
        for n, title in enumerate(titles)
    )
    spaces = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {spaces}>{places}</urlset>'


def haodf(*texts: str) -> str:
    reviews = "".join(
        f"<div class='patient-eva eva-item'><p>患者：张**</p><p>{text}</p>"
        f"<a href='/bingcheng/88000000{n}.html'>详情</a><span>2026-11-2{n}</span></div>"
        for n, text in enumerate(texts)
    )
    title = "李某医生的患者评价_清河互联网医院 - 好大夫在线"
    body = reviews or "<p>该医生暂无评价</p>"
    menu = "<p>首页 医院 科室 疾病 咨询 预约挂号 健康号 义诊活动 我的订单</p>"
    return f"<html><head><title>{title}</title></head><body>{menu}{body}</body></html>"


PAGES: dict[str, Sample] = {
    "haodf": Sample(
        ok=haodf(TEXT, TEXT + "医生很耐心。"),
        items=2,
        empty=haodf(),
        options={"doctor": ["1000000001"]},
        content_type="text/html; charset=utf-8",
    ),
    "page": Sample(
        ok=article(TEXT),
        items=1,
        empty="<html><head><title>清河新闻网</title></head><body></body></html>",
        content_type="text/html; charset=utf-8",
    ),
    "sitemap": Sample(
        ok=sitemap("清河互联网医院回应排队", "今日天气"),
        items=2,
        empty=sitemap(),
        content_type="application/xml; charset=utf-8",
    ),
}
