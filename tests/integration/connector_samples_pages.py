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


PAGES: dict[str, Sample] = {
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
