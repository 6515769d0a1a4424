"""The fetcher of evidence: it goes where strangers point, and nowhere inside.

It runs in the worker and not in a process of its own, because it interprets nothing: it checks an
address, looks a name up once, connects to the very number it judged, and reads bytes up to a
bound and a moment. No cookie, no cache, no decompression, no markup. Whatever decodes those bytes
runs in a limited process elsewhere (`rights.takedown.hashing`, `sharing.tracing`).

Resolver and connector are constructor arguments, so that tests can lead a public name to a site
of theirs. The judgement between the two is no argument, and no setting reaches it.
"""

from __future__ import annotations

import hashlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urljoin

import dns.exception
import dns.resolver

from pocketvault.kernel.egress import is_public
from rights.takedown.addresses import WebAddress, read_address
from rights.takedown.errors import BadAddressError

MOST_PAGE_BYTES = 4 * 2**20
MOST_IMAGE_BYTES = 25 * 2**20
MOST_SECONDS = 20.0
MOST_LOOKUP_SECONDS = 5.0
MOST_REDIRECTS = 5
CHUNK_BYTES = 64 * 1024
REDIRECTS = (301, 302, 303, 307, 308)
# Says who asks. Nothing of the person is in it.
HEADERS = {
    "User-Agent": "PocketVault-Evidence/1 (takedown requests)",
    "Accept": "*/*",
    # What arrives is what is kept and hashed, and no small body becomes a large one.
    "Accept-Encoding": "identity",
    "Connection": "close",
}

# Every address of a name; raises OSError when there is none.
Resolver = Callable[[str], list[str]]
# A connected socket to one address and port, within so many seconds.
Connector = Callable[[str, int, float], socket.socket]


class FetchRefusedError(Exception):
    """The address may not be asked: it is not of the public web. Nothing was sent there."""


class FetchFailedError(Exception):
    """It may be asked, and gave no answer that is one: ``reason`` is a word for the timeline."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Hop:
    """One request on the way: where to, which number that was, and what it answered."""

    url: str
    address: str
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What was read. ``is_cut`` when there was more of it than the bound: then ``body`` is its
    beginning, and ``sha256`` that of the beginning.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    is_cut: bool
    hops: tuple[Hop, ...]

    @property
    def sha256(self) -> bytes:
        """Of what was read."""
        return hashlib.sha256(self.body).digest()

    @property
    def media_type(self) -> str:
        """As the server calls it, without parameters, in lower case."""
        said = next((v for k, v in self.headers if k.lower() == "content-type"), "")
        return said.partition(";")[0].strip().lower()[:80]


def resolve(name: str) -> list[str]:
    """Ask the resolver of the machine, and never its file of hosts."""
    found: list[str] = []
    for kind in ("A", "AAAA"):
        try:
            answer = dns.resolver.resolve(name, kind, lifetime=MOST_LOOKUP_SECONDS)
        except dns.exception.DNSException:
            continue
        found.extend(str(each) for each in answer)
    if not found:
        raise OSError("no such name")
    return found


def connect(address: str, port: int, seconds: float) -> socket.socket:
    """A plain connection to a number."""
    return socket.create_connection((address, port), seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Fetches one address, with redirects, each of them judged anew."""

    resolver: Resolver = resolve
    connector: Connector = connect
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = MOST_SECONDS

    def fetch(self, url: str, *, most_bytes: int = MOST_PAGE_BYTES) -> Fetched:
        """Raises `FetchRefusedError` and `FetchFailedError`. All redirects share the time."""
        until = time.monotonic() + self.seconds
        hops: list[Hop] = []
        for _ in range(MOST_REDIRECTS + 1):
            try:
                address = read_address(url)
            except BadAddressError as error:
                raise FetchRefusedError("address") from error
            number = self._judged(address)
            found = self._ask(address, number, until=until, most_bytes=most_bytes)
            hops.append(Hop(address.url, number, found.status))
            onward = _location(found)
            if found.status not in REDIRECTS or onward is None:
                return Fetched(
                    url=address.url, status=found.status, headers=found.headers,
                    body=found.body, is_cut=found.is_cut, hops=tuple(hops),
                )
            url = urljoin(address.url, onward).partition("#")[0]
        raise FetchFailedError("too many redirects")

    def _judged(self, address: WebAddress) -> str:
        """The number to connect to: looked up once, and refused when any of them is not public."""
        if address.literal is not None:
            numbers = [str(address.literal)]
        else:
            try:
                numbers = self.resolver(address.host)
            except (OSError, UnicodeError) as error:
                raise FetchFailedError("no such name") from error
        if not numbers:
            raise FetchFailedError("no such name")
        if not all(is_public(ip_address(each)) for each in numbers):
            raise FetchRefusedError("not public")
        return numbers[0]

    def _ask(
        self, address: WebAddress, number: str, *, until: float, most_bytes: int
    ) -> Fetched:
        left = until - time.monotonic()
        if left <= 0:
            raise FetchFailedError("took too long")
        try:
            raw = self.connector(number, address.port, left)
        except OSError as error:
            raise FetchFailedError("does not answer") from error
        with _closed_at(raw, until) as is_over:
            try:
                return self._exchange(raw, address, most_bytes)
            except (OSError, ValueError, http.client.HTTPException) as error:
                reason = "took too long" if is_over.is_set() else "broken answer"
                raise FetchFailedError(reason) from error

    def _exchange(self, raw: socket.socket, address: WebAddress, most_bytes: int) -> Fetched:
        asked = http.client.HTTPConnection(address.host, address.port)
        asked.sock = raw
        if address.scheme == "https":
            asked.sock = self.tls.wrap_socket(raw, server_hostname=address.host)
        try:
            asked.putrequest("GET", address.target, skip_host=True, skip_accept_encoding=True)
            host = address.url.partition("//")[2].partition("/")[0].partition("?")[0]
            for name, value in {"Host": host, **HEADERS}.items():
                asked.putheader(name, value)
            asked.endheaders()
            answer = asked.getresponse()
            body, is_cut = _read(answer, most_bytes)
        finally:
            asked.close()
        return Fetched(
            url=address.url, status=answer.status, headers=tuple(answer.getheaders()),
            body=body, is_cut=is_cut, hops=(),
        )


@contextmanager
def _closed_at(raw: socket.socket, until: float) -> Iterator[threading.Event]:
    """Shut the connection at that moment, whatever waits on it. A time-out of the socket begins
    anew with each byte: a server that sends one a second would never reach it.
    """
    is_over = threading.Event()

    def shut() -> None:
        is_over.set()
        with suppress(OSError):
            raw.shutdown(socket.SHUT_RDWR)

    raw.settimeout(max(0.1, until - time.monotonic()))
    timer = threading.Timer(max(0.0, until - time.monotonic()), shut)
    timer.daemon = True
    timer.start()
    try:
        yield is_over
        if is_over.is_set():  # what was read ended because we ended it
            raise FetchFailedError("took too long")
    finally:
        timer.cancel()
        with suppress(OSError):
            raw.close()


def _read(answer: http.client.HTTPResponse, most_bytes: int) -> tuple[bytes, bool]:
    """The body up to a bound, and whether it went on. What was promised and does not come is a
    broken answer.
    """
    read = bytearray()
    while len(read) <= most_bytes:
        chunk = answer.read1(min(CHUNK_BYTES, most_bytes + 1 - len(read)))
        if not chunk:
            if answer.length:
                raise http.client.IncompleteRead(bytes(read), answer.length)
            return bytes(read), False
        read += chunk
    return bytes(read[:most_bytes]), True


def _location(found: Fetched) -> str | None:
    return next((value for name, value in found.headers if name.lower() == "location"), None)
