"""What public registers say of a host: domain and IP RDAP (RFC 9083), RIPEstat's finder of abuse
contacts. Asked through the one client for other people's servers, which asks only who stands in
the register of processors: an operator who enters none of them has none of these answers, and
every case goes on without them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import quote

from pocketvault.kernel import egress
from pocketvault.kernel.egress import EgressFailedError, EgressRefusedError
from pocketvault.kernel.purposes import TAKE_DOWN_COPIES

BOOTSTRAP = "https://data.iana.org/rdap/"
RIPESTAT = "https://stat.ripe.net/data/abuse-contact-finder/data.json?resource="
MOST_DEPTH = 6

# A document of JSON from an address, or None: refused, failed, or no JSON.
Ask = Callable[[str], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What one register named: e-mail addresses for abuse, and who it says runs this."""

    emails: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    # What it answered, as it is, and at which address it was asked.
    document: Any = None
    url: str = ""


def ask(url: str) -> Any:
    """The product's way to ask."""
    try:
        reply = egress.fetch(
            url, purpose=TAKE_DOWN_COPIES, headers={"Accept": "application/rdap+json"}
        )
        return json.loads(reply.body) if reply.status == 200 else None
    except (EgressRefusedError, EgressFailedError, ValueError, RecursionError):
        return None


def ask_domain(host: str, ask: Ask) -> Registered | None:
    """Who registered the name: the registrar and its abuse contact."""
    server = _server_for(ask(f"{BOOTSTRAP}dns.json"), lambda key: _is_below(host, key))
    labels = host.split(".")
    for count in range(2, len(labels) + 1) if server else ():
        found = _asked(f"{server}domain/{quote('.'.join(labels[-count:]))}", ask)
        if found is not None:
            return found
    return None


def ask_address(number: str, ask: Ask) -> Registered | None:
    """Who holds the network of an IP address."""
    address = ip_address(number)
    name = f"{BOOTSTRAP}ipv{address.version}.json"
    server = _server_for(ask(name), lambda key: address in ip_network(key, strict=False))
    return _asked(f"{server}ip/{quote(number)}", ask) if server else None


def ask_ripestat(number: str, ask: Ask) -> Registered | None:
    """Whom RIPEstat names for abuse from an IP address."""
    url = f"{RIPESTAT}{quote(number)}"
    said = ask(url)
    contacts = _member(_member(said, "data"), "abuse_contacts")
    emails = tuple(each for each in _listed(contacts) if _is_email(each))
    return Registered(emails=emails, document=said, url=url) if emails else None


def _server_for(bootstrap: Any, fits: Callable[[str], bool]) -> str | None:
    """The HTTPS server of the first service one of whose keys fits (RFC 9224)."""
    for service in _listed(_member(bootstrap, "services")):
        keys, servers = (*_listed(service), [], [])[:2]
        try:
            is_it = any(fits(str(key)) for key in _listed(keys))
        except ValueError:
            continue
        secure = [each for each in _listed(servers) if str(each).startswith("https://")]
        if is_it and secure:
            return f"{str(secure[0]).rstrip('/')}/"
    return None


def _asked(url: str, ask: Ask) -> Registered | None:
    document = ask(url)
    found = _registered(document)
    return None if found is None else replace(found, document=document, url=url)


def _registered(document: Any) -> Registered | None:
    """Abuse addresses and names out of an RDAP object (RFC 9083, RFC 7095)."""
    if not isinstance(document, dict) or document.get("errorCode"):
        return None
    emails: list[str] = []
    names: list[str] = [str(document["name"])] if document.get("name") else []
    for entity, roles in _entities(document):
        for name, value in _card(entity):
            if name == "fn":
                names.append(value)
            elif name == "email" and "abuse" in roles and _is_email(value):
                emails.append(value)
    return Registered(
        emails=tuple(dict.fromkeys(emails)), organisations=tuple(dict.fromkeys(names))
    )


def _entities(document: Any, depth: int = 0) -> Iterator[tuple[Any, list[str]]]:
    for entity in _listed(_member(document, "entities")):
        yield entity, [str(role) for role in _listed(_member(entity, "roles"))]
        if depth < MOST_DEPTH:
            yield from _entities(entity, depth + 1)


def _card(entity: Any) -> Iterator[tuple[str, str]]:
    properties = (*_listed(_member(entity, "vcardArray")), [], [])[1]
    for each in _listed(properties):
        if isinstance(each, list) and len(each) >= 4 and isinstance(each[3], str):
            yield str(each[0]).lower(), each[3].strip()[:254]


def _member(document: Any, name: str) -> Any:
    return document.get(name) if isinstance(document, dict) else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_below(host: str, suffix: str) -> bool:
    return host == suffix or host.endswith(f".{suffix}")


def _is_email(value: object) -> bool:
    """Plain enough to write to: what a register says is a stranger's text."""
    if not isinstance(value, str) or len(value) > 254 or not value.isascii():
        return False
    name, at, host = value.partition("@")
    is_plain = value.isprintable() and not set(value) & set(' ,;<>()[]"\\:\'')
    return is_plain and bool(at and name and "." in host.strip(".")) and "@" not in host
