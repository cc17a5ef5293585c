"""Runs any connector over Scrapy: sends what the walk asks for and hands it what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider
from scrapy.spidermiddlewares.httperror import HttpError

from crawlers.charset import decode_body
from crawlers.connectors.base import Answer, Ask
from crawlers.connectors.registry import ABOUT, CONNECTORS
from crawlers.failures import describe
from crawlers.parsing import is_web_address
from crawlers.protocol import Problem, problem_event
from crawlers.walk import Event, Outcome, Walk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.http import Response

    from crawlers.protocol import CrawlRequest


class ConnectorSpider(Spider):
    """Yields events for the runner; see crawlers.protocol."""

    name = "connector"

    def __init__(self, job: CrawlRequest) -> None:
        super().__init__()
        self.job = job
        self.title = ABOUT[job.kind].title
        self.walk = Walk(job, CONNECTORS[job.kind]).steps()

    async def start(self) -> AsyncIterator[Request | Event]:
        """Send the first request."""
        if not is_web_address(self.job.url):
            said = f"「{self.job.url[:80]}」不对，应以 http:// 或 https:// 开头"
            yield problem_event(Problem("bad_address", "", f"{self.title}的地址{said}"))
            return
        for step in self._go_on(None):
            yield step

    def _go_on(self, outcome: Outcome | None) -> Iterator[Request | Event]:
        """Let the walk go on to its next request, with its events on the way."""
        try:
            step = next(self.walk) if outcome is None else self.walk.send(outcome)
            while not isinstance(step, Ask):
                yield step
                step = next(self.walk)
        except StopIteration:
            return
        yield self._request(step)

    def _request(self, ask: Ask) -> Request:
        return Request(
            ask.url,
            self.answered,
            method=ask.method,
            headers=dict(ask.headers),
            body=ask.body,
            errback=self.failed,
            # a redirect would carry the key to wherever it points
            meta={
                "ask": ask,
                "public": ask.public,
                "dont_redirect": bool(self.job.secrets) and not ask.public,
            },
        )

    def answered(self, response: Response) -> Iterator[Request | Event]:
        """Hand the answer over."""
        yield from self._go_on((_answer(response), None))

    def failed(self, failure: Any) -> Iterator[Request | Event]:  # noqa: ANN401
        """Hand over why there is no answer, and the page that says so if there is one."""
        error, ask = failure.value, failure.request.meta["ask"]
        answer = None
        if isinstance(error, HttpError):
            answer = _answer(error.response, failure.request)
        problem = describe(error, ask.url, self.title, keyed=bool(self.job.secrets))
        yield from self._go_on((answer, problem))


def _answer(response: Response, request: Request | None = None) -> Answer:
    headers = {
        name.decode("latin-1").lower(): values[-1].decode("latin-1")
        for name, values in response.headers.items()
        if values
    }
    return Answer(
        ask=(request or response.request).meta["ask"],
        url=headers.get("location") or response.url,
        status=response.status,
        headers=headers,
        text=decode_body(response.body, headers.get("content-type", "")),
    )
