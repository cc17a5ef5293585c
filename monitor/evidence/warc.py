"""Writes what a site sent as a WARC file (ISO 28500), which other tools can replay."""

from __future__ import annotations

from io import BytesIO

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawlers.visit import Exchange

NAME = "page.warc.gz"
# The body is kept without the chunk marks of the wire, so this header would be untrue.
_MOVED = {"transfer-encoding": "X-Archive-Orig-Transfer-Encoding"}


def pack(visits: list[Exchange], software: str) -> bytes:
    """The exchanges in order, each a request and a response record, gzip record by record."""
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version="1.1")
    writer.write_record(
        writer.create_warcinfo_record(NAME, {"software": software, "format": "WARC/1.1"})
    )
    for one in visits:
        _write(writer, one)
    return buffer.getvalue()


def _write(writer: WARCWriter, one: Exchange) -> None:
    about = {"WARC-Date": f"{one.at:%Y-%m-%dT%H:%M:%S.%fZ}", "WARC-IP-Address": one.address}
    headers = [(_MOVED.get(name.lower(), name), value) for name, value in one.headers]
    answer = writer.create_warc_record(
        one.url,
        "response",
        payload=BytesIO(one.body),
        length=len(one.body),
        http_headers=StatusAndHeaders(f"{one.status} {one.reason}", headers, one.version),
        warc_headers_dict=dict(about),
    )
    asked = writer.create_warc_record(
        one.url,
        "request",
        payload=BytesIO(b""),
        length=0,
        http_headers=StatusAndHeaders(
            f"{one.method} {one.target} HTTP/1.1", list(one.sent), is_http_request=True
        ),
        warc_headers_dict=dict(about),
    )
    writer.write_request_response_pair(asked, answer)
