"""What the tests of images start from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Account
from images.models import Image
from pocketvault.kernel.blobs import BlobStore, store
from tests.factories import app_of
from tests.images.counting import assert_counted
from tests.images.making import store_image
from tests.images.spelled import assert_spelled


@pytest.fixture(autouse=True)
def what_is_kept_is_right(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test did, the ready text of each version says what its columns say, and the
    counts of months and albums what a plain count does.
    """
    database = {"db", "transactional_db"} & set(request.fixturenames)
    for name in database:
        request.getfixturevalue(name)
    yield
    if database:
        assert_spelled()
        assert_counted()


@pytest.fixture
def alice_app(alice: Account) -> APIClient:
    """Alice's phone."""
    return app_of(alice)


@pytest.fixture
def mallory_app(mallory: Account) -> APIClient:
    """Mallory's phone."""
    return app_of(mallory)


@pytest.fixture
def image(alice: Account) -> Image:
    """A photo of alice's."""
    return store_image(alice, thumbnail=b"small" * 50)


@pytest.fixture
def own_store(settings: Settings, tmp_path: Path) -> BlobStore:
    """A store with nothing of any other test in it."""
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    return store()


QueryCounter = Callable[[], AbstractContextManager[CaptureQueriesContext]]


@pytest.fixture
def counted() -> QueryCounter:
    """Counts the queries of a block."""

    @contextmanager
    def counting() -> Iterator[CaptureQueriesContext]:
        with CaptureQueriesContext(connection) as queries:
            yield queries

    return counting
