"""Tries again as late as the site asks, and not at all when the deadline comes first."""

from __future__ import annotations

import asyncio
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TYPE_CHECKING, Self

from scrapy.downloadermiddlewares.retry import RetryMiddleware

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

ASKED_TO_WAIT = {429, 503}
SHARE_OF_REST = 0.5  # waiting longer than half of the time left would only end in the deadline


class PatientRetryMiddleware(RetryMiddleware):
    """Honours Retry-After within the deadline; else waits twice as long each time."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Start the deadline's clock when the crawler is built."""
        self = super().from_crawler(crawler)
        self.ends = monotonic() + crawler.settings.getfloat("DEADLINE_SECONDS")
        self.pause = crawler.settings.getfloat("DOWNLOAD_DELAY")
        return self

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the request again after a pause, or the answer when waiting is no use."""
        if request.meta.get("dont_retry") or response.status not in self.retry_http_codes:
            return response
        asked = retry_after(response)
        if asked is not None:
            self.crawler.stats.max_value("retry_after_seconds", round(asked))
        wait = self.pause * 2 ** request.meta.get("retry_times", 0) if asked is None else asked
        if wait > (self.ends - monotonic()) * SHARE_OF_REST:
            return response
        again = self._retry(request, f"HTTP {response.status}")
        if again is not None:
            await asyncio.sleep(wait)
        return again or response


def retry_after(response: Response) -> float | None:
    """Return the seconds that a 429 or 503 asks us to stay away; None when it does not say."""
    text = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if response.status not in ASKED_TO_WAIT or not text:
        return None
    if text.isdecimal():
        return float(text[:9])
    said = (response.headers.get("Date") or b"").decode("latin-1")
    try:  # against the site's own clock: ours may run elsewhere
        return max(0.0, (parsedate_to_datetime(text) - parsedate_to_datetime(said)).total_seconds())
    except (TypeError, ValueError):
        return None
