"""A site that cannot prove who it is gets no visit: its page could be anybody's."""

from __future__ import annotations

import ssl
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from crawl_site import NOW, request
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from crawlers.runner import crawl


def self_signed(folder: Path) -> Path:
    """A certificate that nobody but its owner vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    file = folder / "site.pem"
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
        + certificate.public_bytes(pem)
    )
    return file


class Visited(BaseHTTPRequestHandler):
    """Counts who got through."""

    visits = 0

    def do_GET(self) -> None:
        Visited.visits += 1
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class QuietServer(ThreadingHTTPServer):
    """Takes a visitor who hangs up in the handshake as a matter of course."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


def test_a_site_with_an_untrusted_certificate_is_not_read(tmp_path: Path) -> None:
    server = QuietServer(("127.0.0.1", 0), Visited)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    outcome = crawl(request(f"https://localhost:{server.server_port}/feed.xml", tmp_path))

    server.shutdown()
    server.server_close()
    assert (outcome.status, Visited.visits) == ("failed", 0)
    assert any("证书" in problem.message_zh for problem in outcome.problems), outcome.problems
