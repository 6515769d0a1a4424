"""Whose request this is and how it came, as far as an address and its proxies can say.

One function decides the client's address and one middleware writes it down; nobody else
reads ``X-Forwarded-For`` or believes ``X-Forwarded-Proto``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

GetResponse = Callable[[HttpRequest], HttpResponse]
Network = IPv4Network | IPv6Network

# Whoever watches over the process asks it directly, past the proxy that has the certificate.
OPEN_TO_PLAIN_HTTP = ("/healthz", "/readyz")
NEEDS_TLS = {
    "type": "urn:pocketvault:problem:needs_tls",
    "title": "Forbidden",
    "status": 403,
    "code": "needs_tls",
    "detail": (
        "This vault is reached over TLS only. Behind a proxy, the operator lists the proxy in "
        "TRUSTED_PROXIES and has it send X-Forwarded-Proto."
    ),
}


class ClientAddressMiddleware:
    """Replace ``REMOTE_ADDR`` by the nearest address that no trusted proxy of ours has, and
    drop what a stranger says about how the request came.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.trusted = networks(settings.TRUSTED_PROXIES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_in(_own_address(request.META), self.trusted):
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        request.META["REMOTE_ADDR"] = client_address(request.META, self.trusted)
        return self.get_response(request)


class TlsOnlyMiddleware:
    """Refuse plain HTTP where TLS is promised.

    Not a redirect: what was sent in the clear has been seen already, and where TLS ends at
    a proxy that we were not told of, a redirect would lead round in a circle.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_fine = not settings.SECURE_SSL_REDIRECT or request.is_secure()
        if is_fine or request.path in OPEN_TO_PLAIN_HTTP:
            return self.get_response(request)
        return JsonResponse(NEEDS_TLS, status=403, content_type="application/problem+json")


def networks(texts: Iterable[str]) -> list[Network]:
    """Networks from their usual spelling, such as ``10.0.0.0/8``."""
    return [ip_network(text) for text in texts]


def client_address(meta: Mapping[str, object], trusted: Iterable[Network]) -> str:
    """The address to hold a request to account by.

    The header is read from the right: a client can put anything on its left end.
    """
    address = _own_address(meta)
    hops = str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    while _is_in(address, trusted) and hops:
        hop = hops.pop().strip()
        if not _is_address(hop):
            break
        address = hop
    return address


def network_prefix(address: str) -> str:
    """The network an address belongs to: /24 of IPv4, /48 of IPv6. Coarse on purpose."""
    parsed = ip_address(address)
    if parsed.version == 6 and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return str(ip_network(f"{parsed}/{24 if parsed.version == 4 else 48}", strict=False))


def _own_address(meta: Mapping[str, object]) -> str:
    return str(meta.get("REMOTE_ADDR") or "127.0.0.1")


def _is_in(address: str, trusted: Iterable[Network]) -> bool:
    return any(ip_address(address) in network for network in trusted)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
