"""Marit, her published photo, who reviews reports of it, and the team that is told."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from accounts.models import Account
from sharing.models import Publication
from tests.rights.making_reports import publisher, shown, worker

PDQ = bytes(range(32))
TEAM = "dpo-team@example.org"


@pytest.fixture
def team_has_an_address(settings: Settings) -> None:
    settings.ALARM_EMAILS = [TEAM]


@pytest.fixture
def marit() -> Account:
    return publisher()


@pytest.fixture
def photo(marit: Account) -> Publication:
    return shown(marit, pdq=PDQ)


@pytest.fixture
def reviewer() -> Account:
    return worker("rita@example.org")


@pytest.fixture
def other_reviewer() -> Account:
    return worker("otto@example.org")
