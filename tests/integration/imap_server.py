"""A mailbox on loopback that speaks as much of IMAP (RFC 3501) over TLS as a reader needs."""

from __future__ import annotations

import re
import socketserver
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Mailbox:
    """The mails, by UID, and how the server misbehaves."""

    password: str = "right-password"
    version: int = 7
    mails: dict[int, bytes] = field(default_factory=dict)
    mode: str = "ok"
    """ok, hang_up (after the login), garbage, deaf (no word at all)."""
    dropped: set[int] = field(default_factory=set)
    """Mails at which it breaks the line."""
    asked: list[str] = field(default_factory=list)

    def put(self, raw: bytes) -> None:
        """Deliver a mail."""
        self.mails[max(self.mails, default=0) + 1] = raw


class ImapServer:
    """Listens until it is closed; `ca` is the certificate that a client must trust."""

    def __init__(self, folder: Path, box: Mailbox) -> None:
        self.box, self.ca = box, certify(folder)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.ca, folder / "server.key")
        server = _Server(("127.0.0.1", 0), _Handler)
        server.box, server.context = box, context
        self._server = server
        self.port = int(server.server_address[1])
        self._thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


def certify(folder: Path) -> Path:
    """Write a certificate for 127.0.0.1 that signs itself, and its key beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)  # noqa: TID251 - OpenSSL compares with the real clock
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    kind = serialization.PrivateFormat.PKCS8
    (folder / "server.key").write_bytes(key.private_bytes(pem, kind, plain))
    (folder / "server.pem").write_bytes(made.public_bytes(pem))
    return folder / "server.pem"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    box: Mailbox
    context: ssl.SSLContext

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        connection.settimeout(5)
        return self.context.wrap_socket(
            connection, server_side=True, do_handshake_on_connect=False
        ), address

    def handle_error(self, *_: object) -> None:
        """A client that leaves is no news."""


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        box = self.server.box
        if box.mode == "deaf":
            self.rfile.read(1)
            return
        self.say("* OK loopback ready" if box.mode != "garbage" else "HTTP/1.1 400 what")
        while line := self.rfile.readline().decode("utf-8", "replace").rstrip("\r\n"):
            tag, _, rest = line.partition(" ")
            box.asked.append(rest if not rest.startswith("LOGIN") else "LOGIN")
            if not self.answer(tag, rest, box):
                return

    def answer(self, tag: str, rest: str, box: Mailbox) -> bool:
        word = rest.split(" ", 2)[0].upper()
        doing: dict[str, Callable[[str, str, Mailbox], bool]] = {
            "CAPABILITY": self.capability,
            "LOGIN": self.login,
            "EXAMINE": self.examine,
            "UID": self.uid,
            "LOGOUT": self.logout,
        }
        return doing.get(word, self.unknown)(tag, rest, box)

    def capability(self, tag: str, _rest: str, _box: Mailbox) -> bool:
        self.say("* CAPABILITY IMAP4rev1", f"{tag} OK done")
        return True

    def login(self, tag: str, rest: str, box: Mailbox) -> bool:
        right = rest.endswith(f'"{box.password}"')
        self.say(f"{tag} OK welcome" if right else f"{tag} NO [AUTHENTICATIONFAILED] no")
        return box.mode != "hang_up"

    def examine(self, tag: str, rest: str, box: Mailbox) -> bool:
        if "INBOX" not in rest:
            self.say(f"{tag} NO no such mailbox")
            return True
        valid = f"* OK [UIDVALIDITY {box.version}] valid"
        self.say(f"* {len(box.mails)} EXISTS", valid, f"{tag} OK [READ-ONLY] done")
        return True

    def uid(self, tag: str, rest: str, box: Mailbox) -> bool:
        if "SEARCH" in rest.upper():
            since = re.search(r"UID (\d+):\*", rest)
            low = int(since[1]) if since else 0
            last = max(box.mails, default=0)
            found = [one for one in box.mails if one >= low or one == last]
            self.say("* SEARCH " + " ".join(map(str, found)), f"{tag} OK done")
            return True
        number = int(rest.split()[2])
        if number in box.dropped and "BODY" in rest:
            self.say(f"* {number} FETCH (UID {number} BODY[] {{900}}", "Half of")
            return False
        self.fetch(tag, number, rest, box.mails[number])
        return True

    def fetch(self, tag: str, number: int, rest: str, raw: bytes) -> None:
        size = 99_000_000 if b"X-Huge" in raw else len(raw)
        if "RFC822.SIZE" in rest:
            self.say(f"* {number} FETCH (UID {number} RFC822.SIZE {size})", f"{tag} OK done")
            return
        content = raw if "[]" in rest else raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        part = "BODY[]" if "[]" in rest else "BODY[HEADER]"
        self.wfile.write(
            f"* {number} FETCH (UID {number} {part} {{{len(content)}}}\r\n".encode() + content
        )
        self.say(")", f"{tag} OK done")

    def logout(self, tag: str, _rest: str, _box: Mailbox) -> bool:
        self.say("* BYE", f"{tag} OK bye")
        return False

    def unknown(self, tag: str, _rest: str, _box: Mailbox) -> bool:
        self.say(f"{tag} BAD what")
        return True

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
