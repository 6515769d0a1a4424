"""Addresses that lead nowhere, and failures that nobody foresaw: a problem for apps, a page for
people.
"""

from __future__ import annotations

import json
import re

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accounts.models import Account
from pocketvault.api import answer_failure
from tests.architecture import source
from tests.factories import app_of

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


def failed(path: str) -> HttpResponse:
    """What Django asks for when a view raised what nobody caught."""
    try:
        return HttpResponse(1 / 0)
    except ZeroDivisionError:
        return answer_failure(RequestFactory().get(path))


@pytest.mark.parametrize("path", ["/api/v1/albums/not-an-id", "/api/v1/nothing", "/api/"])
def test_an_app_hears_what_it_hears_of_what_is_not_its_own(alice: Account, path: str) -> None:
    unknown = app_of(alice).get("/api/v1/albums/019ac000-0000-7000-8000-000000000000")
    nowhere = app_of(alice).get(path)

    assert nowhere.status_code == unknown.status_code == 404
    assert nowhere.headers["Content-Type"] == unknown.headers["Content-Type"] == PROBLEM
    assert nowhere.json() == unknown.json()


def test_people_see_a_page(client: Client) -> None:
    nowhere = client.get("/nothing-here")

    assert nowhere.status_code == 404
    assert nowhere.headers["Content-Type"].startswith("text/html")


def test_a_failure_tells_an_app_a_code_and_nothing_of_itself() -> None:
    answer = failed("/api/v1/albums")

    assert (answer.status_code, answer.headers["Content-Type"]) == (500, PROBLEM)
    assert json.loads(answer.content)["code"] == "failed"
    assert b"ZeroDivision" not in answer.content


def test_a_failure_shows_people_a_page() -> None:
    answer = failed("/photos")

    assert answer.status_code == 500
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"ZeroDivision" not in answer.content


@pytest.mark.parametrize("path", ["/healthz", "/robots.txt"])
def test_plain_texts_say_their_charset(client: Client, path: str) -> None:
    assert client.get(path).headers["Content-Type"] == "text/plain; charset=utf-8"
    bare = re.compile(r'content_type="text/\w+"')
    assert [source.label(p) for p in source.modules() if bare.search(p.read_text())] == []
