"""A database that does not answer: everybody hears the same, by whatever they are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import InterfaceError, OperationalError, connection
from rest_framework.test import APIClient

from accounts.models import Account
from tests import factories
from tests.accounts import bodies
from tests.accounts.bodies import AUTH, LAPTOP

pytestmark = pytest.mark.django_db
ME = "/api/v1/me"


@contextmanager
def away(error: type[Exception]) -> Iterator[None]:
    """As if the server had gone: no statement is answered."""

    def refuse(*_: object) -> None:
        raise error

    with connection.execute_wrapper(refuse):
        yield


def with_cookie(alice: Account) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.post(f"{AUTH}/sign-in", bodies.sign_in(alice.email, **LAPTOP), format="json")
    return client


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("come_in", [factories.app_of, with_cookie])
def test_an_app_and_a_browser_hear_that_it_is_unavailable(
    alice: Account, come_in: Callable[[Account], APIClient], error: type[Exception]
) -> None:
    client = come_in(alice)
    assert client.get(ME).status_code == 200

    with away(error):
        answer = client.get(ME)

    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"] == "2"
    assert answer.json()["code"] == "unavailable"
    # The browser is still signed in when the database is back.
    assert client.get(ME).status_code == 200


def test_a_page_says_so_in_a_sentence(alice: Account) -> None:
    client = with_cookie(alice)
    with away(OperationalError):
        answer = client.get("/photos")

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "Nothing you stored is lost" in answer.content.decode()


def test_a_mistake_of_ours_is_no_busy_database(alice: Account) -> None:
    client = with_cookie(alice)
    with away(LookupError):
        assert client.get("/photos").status_code == 500
