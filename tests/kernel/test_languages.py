"""An answer that depends on the language says so; one that does not can be kept for everybody."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from accounts.models import Account
from tests import factories

pytestmark = pytest.mark.django_db


def varies(answer: object) -> bool:
    return "Accept-Language" in answer.get("Vary", "") and "Content-Language" in answer


@pytest.mark.parametrize("address", ["/", "/photos", "/nothing/here", "/api/v1/me"])
def test_pages_and_refusals_depend_on_the_language(api: APIClient, address: str) -> None:
    assert varies(api.get(address))


@pytest.mark.parametrize("address", ["/healthz", "/service-worker.js", "/api/v1/server"])
def test_what_is_no_sentence_depends_on_no_language(api: APIClient, address: str) -> None:
    answer = api.get(address)
    assert answer.status_code == 200
    assert "Accept-Language" not in answer.get("Vary", "")
    assert "Content-Language" not in answer


def test_what_an_app_reads_depends_on_no_language(alice: Account) -> None:
    answer = factories.app_of(alice).get("/api/v1/me")
    assert answer.status_code == 200
    assert "Accept-Language" not in answer.get("Vary", "")
