"""A real push service on this machine: RFC 8030 over TLS, which believes no one without VAPID."""

from __future__ import annotations

import json
import ssl
import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.images.p256 import is_signed

A_DAY = 86_400


def plain(text: str) -> bytes:
    """Of base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """One request: where to, what it said, how many bytes it brought, what the token claims."""

    path: str
    headers: dict[str, str]
    body_bytes: int
    claims: dict[str, object]
    public_key: str


Answer = Callable[[BaseHTTPRequestHandler], None]


def status(code: int, **headers: str) -> Answer:
    """Answer with a status, and nothing else."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def flood(handler: BaseHTTPRequestHandler) -> None:
    """Say yes, and more than anybody wants to hear: it ends when the other side hangs up."""
    handler.send_response(201)
    handler.end_headers()
    sent = 0
    while sent < 512 * 2**20:
        try:
            handler.wfile.write(b"x" * 65_536)
        except OSError:
            break
        sent += 65_536
    handler.server.flooded = sent  # type: ignore[attr-defined]


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Say yes, one byte after the other, for far too long."""
    for byte in b"HTTP/1.1 201 Created\r\nX-Slow: " + b"." * 600:
        try:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(0.05)


@dataclass(slots=True)
class PushService:
    """What each path answers (201, unless a test says otherwise), and what came."""

    host: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    came: list[Pushed] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)

    def hang(self, handler: BaseHTTPRequestHandler) -> None:
        """Say nothing until the test is over."""
        self.let_go.wait(30)

    def address(self, device: str) -> str:
        """The endpoint of a device."""
        return f"https://{self.host}/{device}"

    def paths(self) -> list[str]:
        """Where pushes came to, in order."""
        return [each.path for each in self.came]

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        """One push. Without a good token it is 401, as RFC 8292 says."""
        headers = {name.lower(): value for name, value in handler.headers.items()}
        body = handler.rfile.read(int(headers.get("content-length", "0")))
        problem, claims, key = checked(headers, self.host)
        if problem:
            self.refused.append(problem)
            status(401)(handler)
            return
        self.came.append(
            Pushed(
                path=handler.path, headers=headers, body_bytes=len(body), claims=claims,
                public_key=key,
            )
        )
        self.answers.get(handler.path, status(201))(handler)


def checked(headers: dict[str, str], host: str) -> tuple[str, dict[str, object], str]:
    """What is wrong with who sent this, if anything; what their token claims; their key."""
    scheme, _, rest = headers.get("authorization", "").partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    if scheme.lower() != "vapid" or {"t", "k"} - parts.keys():
        return "no vapid", {}, ""
    signed, _, signature = parts["t"].rpartition(".")
    head, claims = (json.loads(plain(each)) for each in signed.split("."))
    ways = {
        "not ES256": head == {"typ": "JWT", "alg": "ES256"},
        "not signed": is_signed(signed.encode(), plain(signature), plain(parts["k"])),
        "for somebody else": claims["aud"] == f"https://{host}",
        "late, or for too long": time.time() < claims["exp"] <= time.time() + A_DAY,
        "not as RFC 8030 has it": "transfer-encoding" not in headers
        and headers.get("ttl", "").isdecimal(),
    }
    problem = next((name for name, is_so in ways.items() if not is_so), "")
    return problem, claims, parts["k"]


@contextmanager
def local_push_service(certificate: Path) -> Iterator[PushService]:
    """Started on a free port of localhost, with this folder's certificate."""
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            service.take(self)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "localhost.pem", certificate / "localhost.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    service.host = f"localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.let_go.set()
        server.shutdown()
        server.server_close()
