"""Who shares with whom in these tests: alice owns, bob and carol are sent things."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Account
from tests.factories import app_of, make_account
from tests.images.conftest import counted, own_store
from tests.images.counting import assert_counted
from tests.sharing.signing_albums import Person, know, person

__all__ = ["counted", "own_store"]


@pytest.fixture(autouse=True)
def counts_are_right(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test did, the counts of months and albums are what a plain count says."""
    database = {"db", "transactional_db"} & set(request.fixturenames)
    for name in database:
        request.getfixturevalue(name)
    yield
    if database:
        assert_counted()


@pytest.fixture(autouse=True)
def blobs_of_its_own(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


@pytest.fixture
def carol(db: None) -> Account:
    """She is in it with the others."""
    return make_account("carol@example.org")


@pytest.fixture
def owner(alice: Account) -> Person:
    """Alice, who shares."""
    return person(alice)


@pytest.fixture
def friend(bob: Account, owner: Person) -> Person:
    """Bob, whom alice knows."""
    found = person(bob)
    know(owner, found)
    return found


@pytest.fixture
def other(carol: Account, owner: Person) -> Person:
    """Carol, whom alice knows and bob does not."""
    found = person(carol)
    know(owner, found)
    return found


@pytest.fixture
def stranger(mallory: Account) -> Person:
    """Mallory, whom nobody here knows."""
    return person(mallory)


@pytest.fixture
def alice_app(alice: Account) -> APIClient:
    """Alice's phone."""
    return app_of(alice)


@pytest.fixture
def bob_app(bob: Account) -> APIClient:
    """Bob's phone."""
    return app_of(bob)


@pytest.fixture
def carol_app(carol: Account) -> APIClient:
    """Carol's phone."""
    return app_of(carol)


@pytest.fixture
def mallory_app(mallory: Account) -> APIClient:
    """Mallory's phone."""
    return app_of(mallory)
