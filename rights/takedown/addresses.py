"""What an address of the web says, read strictly: what browsers and resolvers might understand
in two ways is no address here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

import idna

from pocketvault.kernel.egress import Address
from rights.takedown.errors import BadAddressError

MOST_LETTERS = 2000
PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_BRACKETED = re.compile(r"\[[0-9a-fA-F:.]+\](:[0-9]+)?")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\^`{|}<>\"\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class WebAddress:
    """A checked address. ``host`` is a name in ASCII, or ``literal`` is the number it is."""

    scheme: str
    host: str
    literal: Address | None
    target: str

    @property
    def port(self) -> int:
        """The scheme's own: no other is ever connected to."""
        return PORTS[self.scheme]

    @property
    def url(self) -> str:
        """As it would be written, without a fragment."""
        host = f"[{self.host}]" if isinstance(self.literal, IPv6Address) else self.host
        return f"{self.scheme}://{host}{self.target}"


def read_address(url: str) -> WebAddress:
    """The address, in its one plain form. Raises `BadAddressError` for other schemes and ports,
    names and passwords in it, numbers that are no plain IP address, and names of one label.
    """
    if len(url) > MOST_LETTERS or _FORBIDDEN.search(url):
        raise BadAddressError
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadAddressError from error
    has_other_port = port is not None and port != PORTS.get(parts.scheme)
    if parts.scheme not in PORTS or "@" in parts.netloc or has_other_port:
        raise BadAddressError
    host, literal = _host_of(parts)
    target = f"{_ascii(parts.path) or '/'}{'?' if parts.query else ''}{_ascii(parts.query)}"
    return WebAddress(parts.scheme, host, literal, target)


def _host_of(parts: SplitResult) -> tuple[str, Address | None]:
    host = (parts.hostname or "").rstrip(".")
    if "[" in parts.netloc:
        if not _BRACKETED.fullmatch(parts.netloc):
            raise BadAddressError
        try:
            found = ip_address(host)
        except ValueError as error:
            raise BadAddressError from error
        if not isinstance(found, IPv6Address) or found.scope_id:
            raise BadAddressError
        return str(found), found
    name = _name(host)
    last = name.rpartition(".")[2]
    if not last[:1].isdigit():
        return name, None
    try:  # four plain decimal numbers, and nothing else that a resolver may take for an address
        return name, IPv4Address(name)
    except ValueError as error:
        raise BadAddressError from error


def _name(host: str) -> str:
    try:
        name = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except (idna.IDNAError, UnicodeError) as error:
        raise BadAddressError from error
    name = name.lower()
    labels = name.split(".")
    if len(labels) < 2 or len(name) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise BadAddressError
    return name


def _ascii(text: str) -> str:
    """Percent-encode what is not ASCII, as browsers do before they send it."""
    return "".join(
        each if each.isascii() else "".join(f"%{byte:02X}" for byte in each.encode("utf-8"))
        for each in text
    )
