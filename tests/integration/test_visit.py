"""One page, read exactly as sent: bytes, redirects, certificates, and every limit."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from crawl_site import NOW, Page, QuietServer, Site
from test_crawl_certificates import self_signed

from crawlers.doorman import doorman
from crawlers.visit import Limits, VisitError, exchange, visit

HERE = {"127.0.0.1", "localhost"}


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        running.pages["/post"] = Page("帖子", headers={"X-Site": "清河".encode().decode("latin-1")})
        yield running


def read(url: str, **limits: float) -> bytes:
    return visit(url, lambda: NOW, trusted=HERE, limits=Limits(**limits))[-1].body  # type: ignore[arg-type] # numbers by name


def test_bytes_headers_and_address_are_the_sites_own(site: Site) -> None:
    (page,) = visit(f"{site.url}/post", lambda: NOW, trusted=HERE)
    assert (page.status, page.body.decode(), page.address) == (200, "帖子", "127.0.0.1")
    assert page.header("x-site").encode("latin-1").decode() == "清河"
    asked = dict(site.heard[0][1])
    assert asked["User-Agent"].startswith("Fengsui/")
    assert asked["Accept-Encoding"] == "identity"


def test_chinese_paths_are_sent_percent_encoded(site: Site) -> None:
    site.pages["/%E5%B8%96?a=%E5%AD%90&b=1"] = Page("有")
    assert read(f"{site.url}/帖?a=子&b=1").decode() == "有"


def test_pieces_with_chunk_marks_are_put_together() -> None:
    answer = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )
    with raw(answer) as url:
        assert read(url) == b"abcde"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf",
        b"no http at all",
        b"",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n",
    ],
)
def test_half_an_answer_and_nonsense_are_refused_in_words(answer: bytes) -> None:
    with raw(answer) as url, pytest.raises(VisitError, match=r"断了|读不懂"):
        read(url)


def test_a_page_without_end_is_given_up(site: Site) -> None:
    site.pages["/post"] = Page(b"x" * 3_000_000)
    with pytest.raises(VisitError, match="超过 1 MB"):
        read(f"{site.url}/post", bytes=1024**2)
    site.pages["/post"] = Page("慢", before=site.hang)
    with pytest.raises(VisitError, match="长时间没有回应"):
        read(f"{site.url}/post", seconds=1)


def test_a_post_sends_its_body(site: Site) -> None:
    site.pages["/tsa"] = lambda handler: Page(handler.body[::-1])
    answer = exchange(f"{site.url}/tsa", lambda: NOW, trusted=HERE, body=b"abc")
    assert (answer.method, answer.body) == ("POST", b"cba")


@contextmanager
def raw(answer: bytes) -> Iterator[str]:
    """A server that sends these bytes and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line:
                line.recv(65536)
                line.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        thread.join(5)


@contextmanager
def secure(site: Site, folder: Path) -> Iterator[tuple[str, Path]]:
    """The same site behind TLS with a certificate of its own."""
    file = self_signed(folder)
    server = QuietServer(("127.0.0.1", 0), site._handler())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"https://localhost:{server.server_port}/post", file
    finally:
        server.shutdown()
        server.server_close()


def test_a_certificate_must_be_trusted_and_is_noted(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with secure(site, tmp_path) as (url, file):
        with pytest.raises(VisitError, match="证书不可信"):
            read(url)
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        (page,) = visit(url, lambda: NOW, trusted=HERE)
        assert page.body.decode() == "帖子"
        assert len(page.certificate) == 64


def test_the_proxy_passes_a_tunnel_through(site: Site) -> None:
    port = int(site.url.rpartition(":")[2])
    with (
        doorman({"127.0.0.1"}, 20) as door,
        socket.create_connection(("127.0.0.1", door.port)) as s,
    ):
        s.sendall(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n".encode())
        assert s.recv(100).startswith(b"HTTP/1.1 200")
        s.sendall(b"GET /post HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        said = b""
        while piece := s.recv(4096):
            said += piece
    assert said.endswith("帖子".encode())
