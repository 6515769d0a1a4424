"""Whose machine an address is, as its owner's DNS says and that of the name confirms.

Slow, and in the hands of whoever runs those servers: for workers, never for a request. Whatever
they answer or leave unanswered, it takes seconds and no more.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from ipaddress import ip_address

from django.conf import settings
from dns import exception, reversename
from dns.name import Name, from_text
from dns.rdatatype import RdataType
from dns.rdtypes.ANY.PTR import PTR
from dns.resolver import Resolver

MOST_SECONDS = 6.0
# A machine has one name as a rule. Who gives it hundreds wants us to ask hundreds of times.
MOST_NAMES = 3


def is_machine_of(domains: Collection[str], address: str) -> bool:
    """Whether the reverse DNS of an address names a machine within one of these domains, and that
    name leads to the address. No answer is a no.
    """
    until = time.monotonic() + MOST_SECONDS
    address = _plain(address)
    try:
        resolver = _resolver()
        return any(
            _leads_to(resolver, name, address, until)
            for name in _names_of(resolver, address, until)
            if any(name.is_subdomain(from_text(domain)) for domain in domains)
        )
    # Whatever cannot be asked, sent, read or understood: the servers of strangers answer here.
    except (exception.DNSException, OSError, ValueError):
        return False


def _plain(address: str) -> str:
    """An IPv4 address as such, where a socket that takes both kinds wrote it the long way."""
    parsed = ip_address(address)
    mapped = parsed.ipv4_mapped if parsed.version == 6 else None
    return str(mapped or parsed)


def _resolver() -> Resolver:
    if settings.DNS_RESOLVER is None:
        return Resolver()
    resolver = Resolver(configure=False)
    host, resolver.port = settings.DNS_RESOLVER
    resolver.nameservers = [host]
    return resolver


def _names_of(resolver: Resolver, address: str, until: float) -> list[Name]:
    pointer = reversename.from_address(address)
    answer = resolver.resolve(pointer, RdataType.PTR, lifetime=_left(until), search=False)
    return [each.target for each in answer if isinstance(each, PTR)][:MOST_NAMES]


def _leads_to(resolver: Resolver, name: Name, address: str, until: float) -> bool:
    kind = RdataType.A if ip_address(address).version == 4 else RdataType.AAAA
    answer = resolver.resolve(
        name, kind, lifetime=_left(until), search=False, raise_on_no_answer=False
    )
    return any(ip_address(each.to_text()) == ip_address(address) for each in answer)


def _left(until: float) -> float:
    return max(0.0, until - time.monotonic())
