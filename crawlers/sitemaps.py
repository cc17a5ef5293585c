"""Reads a sitemap, best a news sitemap, into the entries of a feed; pure.

sitemaps.org: <urlset><url><loc/><lastmod/></url></urlset>; the news extension adds <news:title/>
and <news:publication_date/> and lists the last two days. <sitemapindex><sitemap><loc/><lastmod/>
lists maps; those of the same site are followed. Names count, whatever their namespace.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin

from lxml import etree

from crawlers.charset import decode_body
from crawlers.dates import parse_time
from crawlers.feeds import Entry, Feed, NotAFeedError, bounded
from crawlers.hosts import host_of
from crawlers.pages import PageKind, recognise
from crawlers.parsing import is_web_address, sound_xml

LONG_AGO = datetime.min.replace(tzinfo=UTC)
MAX_MAPS = 10  # of an index in one run: news sites keep a map a day, a section or a month
MAX_BYTES = 5 * 1024 * 1024  # unpacked, as for any other page
GZIP = b"\x1f\x8b"
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Map:
    """One sitemap that an index lists, and when it last changed, as it is written there."""

    url: str
    changed: str


def read_sitemap(body: bytes, content_type: str, url: str) -> Feed | list[Map]:
    """Return a sitemap's entries, or an index's maps with the newest first.

    Raises NotAFeedError for anything else.
    """
    root = _root(decode_body(_unpacked(body), content_type).strip().strip("\0"), url)
    if _name(root) == "sitemapindex":
        return _maps(root, url)
    places = [_fields(one) for one in root if _name(one) == "url"]
    return bounded(
        [_entry(said) for said in places if is_web_address(said.get("loc", ""))], len(places)
    )


def _unpacked(body: bytes) -> bytes:
    """Undo gzip, which sitemaps may come in whatever their headers say; bounded."""
    if not body.startswith(GZIP):
        return body
    packed = zlib.decompressobj(wbits=31)
    try:
        plain = packed.decompress(body, MAX_BYTES)
    except zlib.error:
        raise NotAFeedError("malformed", "的压缩文件已损坏。请联系网站或换一个地址") from None
    if packed.unconsumed_tail:
        raise NotAFeedError("too_large", "解压后超过 5 MB，没有读取。请换成它的新闻地图")
    return plain


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
    if _name(root) not in {"urlset", "sitemapindex"}:
        raise NotAFeedError("not_a_feed", "返回的 XML 不是站点地图。请核对地址")
    return root


def _maps(root: etree._Element, url: str) -> list[Map]:
    """Return the maps of an index that lie on its own site, the newest first."""
    said = [_fields(one) for one in root if _name(one) == "sitemap"]
    maps = [Map(urljoin(url, one.get("loc", "")), one.get("lastmod", "")) for one in said]
    own = [one for one in maps if is_web_address(one.url) and _is_own(one.url, url)]
    return sorted(own, key=_age, reverse=True)


def _is_own(address: str, index: str) -> bool:
    """Tell whether a map lies on the host of its index or below it (news. below www.)."""
    host, home = host_of(address), host_of(index).removeprefix("www.")
    return host in {home, host_of(index)} or host.endswith(f".{home}")


def _age(one: Map) -> tuple[datetime, list[int]]:
    """Sort by the stated change, else by the numbers in the name: a date or a running number."""
    return parse_time(one.changed) or LONG_AGO, [int(n) for n in DIGITS.findall(one.url)]


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
