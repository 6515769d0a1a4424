"""Whose request this is: headers are believed only as far as our own proxies go."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from pocketvault.kernel.network import ClientAddressMiddleware, network_prefix


def seen(remote: str, forwarded: str | None, rf: RequestFactory) -> str:
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    request = rf.get("/", REMOTE_ADDR=remote, **headers)
    addresses = []

    def answer(inner: HttpRequest) -> HttpResponse:
        addresses.append(inner.META["REMOTE_ADDR"])
        return HttpResponse()

    ClientAddressMiddleware(answer)(request)
    return addresses[0]


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.5", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.5", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.5", "6.6.6.6, 198.51.100.1, 10.0.0.7", "198.51.100.1"),
        ("10.0.0.5", "198.51.100.1, nonsense", "10.0.0.5"),
        ("10.0.0.5", "", "10.0.0.5"),
        ("10.0.0.5", "2001:db8::1", "2001:db8::1"),
        ("fd00::5", "198.51.100.1", "198.51.100.1"),
        ("", "198.51.100.1", "127.0.0.1"),
    ],
)
def test_the_nearest_address_that_is_not_ours_counts(
    settings: Settings, rf: RequestFactory, remote: str, forwarded: str | None, client: str
) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8", "fd00::/8"]
    assert seen(remote, forwarded, rf) == client


def test_without_proxies_no_header_is_believed(settings: Settings, rf: RequestFactory) -> None:
    settings.TRUSTED_PROXIES = []
    assert seen("127.0.0.1", "198.51.100.1", rf) == "127.0.0.1"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:aaaa:bbbb::1", "2001:db8:aaaa::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
    ],
)
def test_a_network_is_coarse(address: str, network: str) -> None:
    assert network_prefix(address) == network


@pytest.fixture
def behind_tls(settings: Settings) -> None:
    """A vault that people reach over TLS, which ends at a proxy of ours."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 63072000
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("remote", "proto", "status"),
    [
        ("10.0.0.5", "https", 200),
        ("10.0.0.5", "http", 403),
        ("10.0.0.5", None, 403),
        ("203.0.113.9", "https", 403),
        ("203.0.113.9", None, 403),
    ],
)
def test_what_came_in_the_clear_is_refused_and_only_our_proxy_can_say_otherwise(
    behind_tls: None, client: Client, remote: str, proto: str | None, status: int
) -> None:
    headers = {} if proto is None else {"HTTP_X_FORWARDED_PROTO": proto}
    answer = client.get("/api/v1/server", REMOTE_ADDR=remote, **headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "needs_tls"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Strict-Transport-Security"].startswith("max-age=")
        assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_over_tls_of_our_own_everybody_is_heard(behind_tls: None, client: Client) -> None:
    assert client.get("/api/v1/server", secure=True, REMOTE_ADDR="203.0.113.9").status_code == 200


def test_a_supervisor_may_ask_in_the_clear(behind_tls: None, client: Client) -> None:
    assert client.get("/healthz").status_code == 200
