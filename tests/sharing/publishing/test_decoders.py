"""A decoder that is not installed is told when the service starts, and refuses no picture."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.checks import run_checks
from django.test import Client
from pytest_django import Settings

from sharing.publishing import decoders, limited
from sharing.publishing.framing import Message


@pytest.fixture
def incomplete(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[None]:
    settings.PROFILES_URL = "https://photos.example.org"
    monkeypatch.setattr(decoders, "NEEDED", (*decoders.NEEDED, "pillow_of_tomorrow", "no.such"))
    decoders.missing_decoders.cache_clear()
    yield
    decoders.missing_decoders.cache_clear()


def errors() -> list[str]:
    return [str(each.id) for each in run_checks() if each.is_serious()]


def test_everything_is_installed_here() -> None:
    assert decoders.missing_decoders() == ()


def test_what_is_missing_stops_every_command_by_its_name(incomplete: None) -> None:
    assert decoders.missing_decoders() == ("pillow_of_tomorrow", "no.such")
    assert errors() == ["pocketvault.E001"]


def test_a_service_without_public_profiles_needs_no_decoder(
    incomplete: None, settings: Settings
) -> None:
    settings.PROFILES_URL = ""
    assert errors() == []


@pytest.mark.django_db
def test_readiness_says_so(incomplete: None, client: Client) -> None:
    checks = client.get("/readyz").json()["checks"]
    assert checks["decoders"] == "failed"


def test_a_job_that_cannot_be_loaded_is_no_refusal_of_a_picture() -> None:
    with pytest.raises(OSError, match="cannot be loaded"):
        limited.run("tests.sharing.publishing.jobs.nowhere", Message({}))
