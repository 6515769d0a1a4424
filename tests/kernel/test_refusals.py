"""Refusals are counted for the log: how often each, and nothing about who was refused."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Account
from pocketvault.kernel import refusals
from tests.factories import app_of
from tests.images.making import store_image


@pytest.fixture
def tally(monkeypatch: pytest.MonkeyPatch) -> refusals.Tally:
    """Nothing was counted before."""
    refusals.note_refusal.__self__.tell()  # type: ignore[attr-defined]
    return refusals.note_refusal.__self__  # type: ignore[attr-defined,no-any-return]


def told(tally: refusals.Tally, caplog: pytest.LogCaptureFixture) -> dict[str, int]:
    caplog.clear()
    with caplog.at_level(logging.WARNING, logger="pocketvault.kernel.refusals"):
        tally.tell()
    assert {record.msg for record in caplog.records} <= {"refused"}
    return {record.code: record.count for record in caplog.records}


@pytest.mark.django_db
def test_what_is_refused_is_counted_by_its_code(
    alice: Account, mallory: Account, tally: refusals.Tally, caplog: pytest.LogCaptureFixture
) -> None:
    image = store_image(alice)
    stranger = app_of(mallory)
    for _ in range(3):
        assert stranger.get(f"/api/v1/images/{image.pk}").status_code == 404
    assert APIClient().get("/api/v1/me").status_code == 401
    odd = stranger.post("/api/v1/images/check", {"fingerprints": 1}, format="json")
    assert odd.status_code == 400
    forger = Client(enforce_csrf_checks=True)
    sent = {"data": "what=x", "content_type": "application/x-www-form-urlencoded"}
    assert forger.post("/request", **sent).status_code == 403

    counted = told(tally, caplog)

    assert counted["not_found"] == 3
    assert counted["not_authenticated"] == 1
    assert counted["invalid"] == 1
    assert counted["forged_request"] == 1
    assert str(image.pk) not in caplog.text
    assert mallory.email not in caplog.text


@pytest.mark.django_db
def test_what_is_granted_is_not_counted(
    alice: Account, tally: refusals.Tally, caplog: pytest.LogCaptureFixture
) -> None:
    assert app_of(alice).get("/api/v1/me").status_code == 200

    assert told(tally, caplog) == {}


def test_however_many_there_are_the_log_gets_a_line_a_minute(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = 1000.0
    monkeypatch.setattr(refusals, "time", SimpleNamespace(monotonic=lambda: now))
    tally = refusals.Tally()
    with caplog.at_level(logging.WARNING, logger="pocketvault.kernel.refusals"):
        for _ in range(5000):
            tally.note("too_many_requests")
        assert not caplog.records
        now += refusals.TELL_SECONDS
        tally.note("too_many_requests")

    [record] = caplog.records
    assert (record.code, record.count) == ("too_many_requests", 5001)
