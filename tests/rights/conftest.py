"""What the tests of rights start from."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Account
from pocketvault.kernel.blobs import BlobStore, store
from tests.factories import app_of


@pytest.fixture
def own_store(settings: Settings, tmp_path: Path) -> BlobStore:
    """A store with nothing of any other test in it."""
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    return store()


@pytest.fixture
def alice_app(alice: Account) -> APIClient:
    """Alice's phone. It stepped up."""
    return app_of(alice)


@pytest.fixture
def mallory_app(mallory: Account) -> APIClient:
    """Mallory's phone."""
    return app_of(mallory)
