"""Reads a sitemap, best a news sitemap, into the entries of a feed; pure.

sitemaps.org: <urlset><url><loc/><lastmod/></url></urlset>; the news extension adds <news:title/>
and <news:publication_date/> and lists the last two days. Names count, whatever their namespace.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lxml import etree

from crawlers.charset import decode_body
from crawlers.dates import parse_time
from crawlers.feeds import Entry, Feed, NotAFeedError
from crawlers.pages import PageKind, recognise
from crawlers.parsing import is_web_address, sound_xml

if TYPE_CHECKING:
    from collections.abc import Iterable

NEWEST = 200  # what one run reads; beyond them a sitemap is the archive of the site
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def parse_sitemap(body: bytes, content_type: str, url: str) -> Feed:
    """Return the newest entries; raise NotAFeedError for anything that is no sitemap."""
    root = _root(decode_body(body, content_type).strip().strip("\0"), url)
    places = [_fields(one) for one in root if _name(one) == "url"]
    entries = [_entry(said) for said in places if is_web_address(said.get("loc", ""))]
    newest = sorted(entries, key=lambda one: one.published_at or LONG_AGO, reverse=True)
    return Feed(newest[:NEWEST], len(places))


def _root(text: str, url: str) -> etree._Element:
    kind = recognise(200, url, "", text)
    if kind in {PageKind.LOGIN, PageKind.CAPTCHA, PageKind.VISITOR}:
        raise NotAFeedError(
            "login_page", "返回的是登录或验证页面，不是站点地图。请换一个公开的地址"
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(sound_xml(text).encode(), parser)
    except etree.XMLSyntaxError:
        raise NotAFeedError("not_a_feed", "返回的不是完整的站点地图。请核对地址") from None
    if _name(root) == "sitemapindex":
        raise NotAFeedError("not_a_feed", _about_index(_fields(one) for one in root))
    if _name(root) != "urlset":
        raise NotAFeedError("not_a_feed", "返回的 XML 不是站点地图。请核对地址")
    return root


def _about_index(children: Iterable[dict[str, str]]) -> str:
    """Tell people to name one of the sitemaps that an index lists, and the newest of them."""
    newest = max(children, key=lambda one: one.get("lastmod", ""), default={}).get("loc", "")
    like = f"，如 {newest[:200]}" if is_web_address(newest) else ""
    return f"是站点地图的目录。请把 url 换成目录里的新闻地图{like}"


def _fields(node: etree._Element) -> dict[str, str]:
    """Return the texts below a node by name; of a name that comes twice, the first."""
    said: dict[str, str] = {}
    for part in node.iter():
        said.setdefault(_name(part), (part.text or "").strip())
    return said


def _name(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _entry(said: dict[str, str]) -> Entry:
    published = said.get("publication_date") or said.get("lastmod") or ""
    at = parse_time(published)
    return Entry("", said["loc"], said.get("title", ""), "", "", published, at)
