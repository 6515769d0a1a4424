"""Forms with files, which the framework writes to the disk whatever their length."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Account
from tests.factories import app_of

pytestmark = pytest.mark.django_db
BODY = b'--b\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\nx\r\n--b--\r\n'
KIND = "multipart/form-data; boundary=b"


class Unreadable:
    """A body that nobody may touch."""

    def read(self, *_: object) -> bytes:
        raise AssertionError("It was read.")

    readline = read


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 415), ("/sign-in", 415), ("/photos", 415), ("/nowhere", 404), ("/desk/", 404),
        # Forms without an account say in words what is wrong.
        ("/request", 400), ("/takedown", 400),
    ],
)  # fmt: skip
def test_a_page_reads_none(path: str, status: int) -> None:
    """Not even to look for its token, which somebody with the cookie would be believed to have."""
    browser = Client(enforce_csrf_checks=True)
    browser.get("/api/v1/server")
    assert browser.cookies

    answer = browser.generic(
        "POST", path, BODY, content_type=KIND, **{"wsgi.input": Unreadable()}
    )

    assert answer.status_code == status


def test_the_api_says_so_itself(alice: Account) -> None:
    answer = app_of(alice).generic(
        "POST", "/api/v1/albums", BODY, content_type=KIND, **{"wsgi.input": Unreadable()}
    )

    assert answer.status_code in (405, 415)
    assert answer.headers["Content-Type"] == "application/problem+json"
