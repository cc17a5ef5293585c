"""Scrapy settings: polite, bounded in time and size, with every remote door shut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crawlers.protocol import CrawlRequest

USER_AGENT = "Fengsui/0.1 (public mention monitor; obeys robots.txt)"
MAX_PAGE_BYTES = 5 * 1024 * 1024  # a feed of 5,000 entries is about 3 MB, an article below 1 MB
MAX_TIMEOUT = 20.0  # seconds; slower pages are tried again in the next run
TIMEOUT_SHARE = 0.25  # of the deadline: one hanging page and its retry leave half for the others
LONGEST_THROTTLE = 5.0  # seconds; beyond it 20 new articles no longer fit the deadline
HANDLER = "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"
EXTENSIONS = (
    "scrapy.extensions.corestats.CoreStats",
    "scrapy.extensions.throttle.AutoThrottle",
)
MIDDLEWARES = {
    "crawlers.guards.PrivateAddressGuard": 50,
    "crawlers.robots.PatientRobotsTxtMiddleware": 100,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": 300,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "crawlers.retry.PatientRetryMiddleware": 550,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": 580,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 750,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
}  # Scrapy's own places, ours where the stock ones stood


def scrapy_settings(request: CrawlRequest) -> dict[str, Any]:
    """Return the settings for one run."""
    return {
        "FEED_URL": request.url,
        "TRUSTED": request.trusted,
        "CACHE_DIR": str(request.cache_dir),
        "NOW": request.now,
        "DEADLINE_SECONDS": request.deadline_seconds,
        **_manners(request),
        **_bounds(request),
        **_doors(),
    }


def _manners(request: CrawlRequest) -> dict[str, Any]:
    return {
        "USER_AGENT": USER_AGENT,
        "ROBOTSTXT_OBEY": True,  # of an official interface: for the open pages alone
        "ROBOTS_EVERYWHERE": request.obey_robots,
        "ROBOTSTXT_USER_AGENT": "Fengsui",
        "DEFAULT_REQUEST_HEADERS": {"Accept": "*/*", "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"},
        "COOKIES_ENABLED": False,
        "REFERRER_POLICY": "no-referrer",  # a feed's address may carry a key
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": request.delay_seconds,
        "AUTOTHROTTLE_MAX_DELAY": max(LONGEST_THROTTLE, request.delay_seconds),
        "DOWNLOAD_DELAY": request.delay_seconds,
        "RANDOMIZE_DOWNLOAD_DELAY": False,  # half of an agreed delay would break the agreement
        "CONCURRENT_REQUESTS": 8,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 2,
    }


def _bounds(request: CrawlRequest) -> dict[str, Any]:
    return {
        "DOWNLOAD_TIMEOUT": min(MAX_TIMEOUT, request.deadline_seconds * TIMEOUT_SHARE),
        "DNS_TIMEOUT": 10,
        "TWISTED_DNS_RESOLVER": "crawlers.resolver.OutsideResolver",
        "DOWNLOAD_MAXSIZE": MAX_PAGE_BYTES,
        "DOWNLOAD_WARNSIZE": 0,
        "REDIRECT_MAX_TIMES": 5,  # real chains (http, https, www, mobile, login) have at most four
        "RETRY_TIMES": 1,
        "RETRY_HTTP_CODES": [408, 429, 500, 502, 503, 504],
        "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",  # the spider reports it in words
        "URLLENGTH_LIMIT": 0,  # else an entry with a long link would vanish without a word
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",  # else a self-redirect vanishes
    }


def _doors() -> dict[str, Any]:
    """Name what is used instead of switching off what is not.

    Remote control, console, cookies, local files, S3 and FTP stay out whatever Scrapy adds to its
    defaults, and a start is 0.3 s faster: Scrapy imports even what is switched off.
    """
    return {
        "DOWNLOAD_VERIFY_CERTIFICATES": True,  # Scrapy's default would read anybody's page
        "LOG_LEVEL": "WARNING",
        "LOG_FORMATTER": "crawlers.quiet.QuietLogFormatter",
        "DOWNLOAD_HANDLERS_BASE": dict.fromkeys(("http", "https"), HANDLER),
        "EXTENSIONS_BASE": dict.fromkeys(EXTENSIONS, 0),
        "DOWNLOADER_MIDDLEWARES_BASE": MIDDLEWARES,
    }
