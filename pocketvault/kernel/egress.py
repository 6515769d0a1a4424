"""The one client for what this service asks of other people's servers.

It asks only hosts of a processor that is in the register, whose contract is in force and who may
serve the purpose it is asked for; `allow_by` is how the layer that keeps the register says so.
Until it does, everything is refused. A test finds whoever opens a connection by other means.

Databases, Redis, the ciphertext store, the mail server and the resolver are the operator's own
machines, named in the settings (`pocketvault.kernel.infrastructure`), and not asked through here.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from pocketvault.kernel.errors import VaultError
from pocketvault.kernel.purposes import Purpose

Address = IPv4Address | IPv6Address
Permit = Callable[[str, Purpose], bool]
Names = Callable[[Purpose], Iterable[str]]
MOST_BYTES = 2**20
MOST_SECONDS = 10.0
CHUNK_BYTES = 64 * 1024
HTTPS_PORT = 443
# Addresses that stand for an IPv4 address behind a gateway, which may be a private one.
TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"), ip_network("2002::/16"))
# All of IPv6 that is routed to anybody. Outside lie site-local addresses, and old spellings of IPv4
# ones (``::127.0.0.1``), which Python's tables call global.
ROUTED = ip_network("2000::/3")


class EgressRefusedError(VaultError):
    """Nobody said that this may be asked: no register, no such processor, no contract, or an
    address inside our own network.
    """

    code = "egress_refused"
    status = 503
    sentence = "This service may not ask that server. Nothing was sent."


class EgressFailedError(VaultError):
    """It may be asked, and did not answer as it should."""

    code = "egress_failed"
    status = 503
    sentence = "Another service did not answer as it should. Try again later."


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. A redirect is an answer like any other: it is never followed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


_registers: list[tuple[Permit, Names]] = []


def allow_by(permit: Permit, *, names: Names) -> None:
    """Let a register decide which host (``name`` or ``name:port``) may be asked for a purpose;
    ``names`` lists those that may.
    """
    _registers.append((permit, names))


def may_ask(host: str, purpose: Purpose) -> bool:
    """Whether a register lets this host, as it names it, be asked for a purpose now."""
    return any(permit(host, purpose) for permit, _ in _registers)


def hosts_for(purpose: Purpose) -> list[str]:
    """Every host that may be asked for a purpose now, sorted."""
    return sorted({host for _, names in _registers for host in names(purpose)})


def host_of(url: str) -> str:
    """The host of an address as a register names it. Raises `EgressRefusedError` for an address
    that is not asked whoever it belongs to: no HTTPS, a name and password in it, odd characters.
    """
    return _checked(url).netloc


def is_public(address: Address) -> bool:
    """Whether an address is on the internet, and not in a network of ours or of the machine."""
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return is_public(mapped)
    is_translated = any(address in network for network in TRANSLATED)
    if address.version == 6 and address not in ROUTED:
        return False
    return address.is_global and not address.is_multicast and not is_translated


@dataclass(frozen=True, slots=True, kw_only=True)
class Egress:
    """A client. ``accepts`` judges addresses after names were looked up, and the one that was
    judged is the one that is connected to: a name cannot mean another a moment later.
    """

    accepts: Callable[[Address], bool] = is_public
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def fetch(
        self,
        url: str,
        *,
        purpose: Purpose,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        most_bytes: int = MOST_BYTES,
        seconds: float = MOST_SECONDS,
    ) -> Reply:
        """Ask, for at most so long and with at most so many bytes as an answer.

        With ``most_bytes=0`` no byte of the answer's body is read, however long it is.
        Raises `EgressRefusedError` before anything was sent, and `EgressFailedError`.
        """
        until = time.monotonic() + seconds
        parts = _checked(url)
        if not may_ask(parts.netloc, purpose):
            raise EgressRefusedError
        host, port = parts.hostname or "", parts.port or HTTPS_PORT
        address = self._address_of(host, port)
        asked = _Pinned(host, port, address=address, tls=self.tls, seconds=seconds)
        try:
            target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
            asked.connect()
            with _cut_at(asked, until):
                asked.request(method, target, body=body, headers=dict(headers or {}))
                answer = asked.getresponse()
                read = _read(answer, asked, until=until, most_bytes=most_bytes)
        except (OSError, http.client.HTTPException) as error:
            raise EgressFailedError from error
        finally:
            asked.close()
        return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, read)

    def _address_of(self, host: str, port: int) -> str:
        """The address to connect to. Raises `EgressRefusedError` when any of them is refused."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise EgressFailedError from error
        addresses = [str(each[4][0]).partition("%")[0] for each in found]
        if not addresses or not all(self.accepts(ip_address(each)) for each in addresses):
            raise EgressRefusedError
        return addresses[0]


class _Pinned(http.client.HTTPSConnection):
    """Connects to one address, and insists on the certificate of the name."""

    def __init__(
        self, host: str, port: int, *, address: str, tls: ssl.SSLContext, seconds: float
    ) -> None:
        super().__init__(host, port, timeout=seconds, context=tls)
        self._address, self._tls = address, tls

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        try:
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def _checked(url: str) -> SplitResult:
    """HTTPS to a plain name, and nothing hidden in the address. Raises `EgressRefusedError`."""
    try:
        parts = urlsplit(url)
        is_plain = url.isascii() and url.isprintable() and " " not in url
        has_port = parts.port != 0
    except ValueError as error:
        raise EgressRefusedError from error
    is_web = parts.scheme == "https" and bool(parts.hostname) and parts.username is None
    if not (is_plain and has_port and is_web) or parts.fragment:
        raise EgressRefusedError
    return urlsplit(url.replace(parts.netloc, parts.netloc.lower(), 1))


def _read(
    answer: http.client.HTTPResponse, asked: _Pinned, *, until: float, most_bytes: int
) -> bytes:
    """The body, however slowly it comes, within both bounds. Raises `EgressFailedError`."""
    read = bytearray()
    if most_bytes == 0:
        return b""
    while len(read) <= most_bytes:
        left = until - time.monotonic()
        if left <= 0:
            raise EgressFailedError
        if asked.sock is not None:
            asked.sock.settimeout(left)
        chunk = answer.read1(CHUNK_BYTES)
        if not chunk:
            return bytes(read)
        read += chunk
    raise EgressFailedError


@contextmanager
def _cut_at(asked: _Pinned, until: float) -> Iterator[None]:
    """End the connection at that moment, whatever waits on it. A time-out of the socket begins anew
    with each byte: a server that sends its headers one byte a second would never reach it.
    """
    is_over = threading.Event()

    def cut() -> None:
        is_over.set()
        if asked.sock is not None:
            with suppress(OSError):
                # Below TLS: whoever reads at this moment finds an end, and no half-closed session.
                socket.socket.shutdown(asked.sock, socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, until - time.monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
        if is_over.is_set():  # what was read ended because we ended it
            raise EgressFailedError
    finally:
        timer.cancel()


fetch = Egress().fetch
