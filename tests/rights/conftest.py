"""A log of its own for every test, and what is put into it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Account
from pocketvault.kernel.blobs import BlobStore, store
from pocketvault.kernel.ids import uuid7
from rights.actions.issuing import keep_log
from rights.actions.receipts import owe_receipt
from rights.models import Receipt, ReceiptKind
from tests.factories import app_of
from tests.kernel.conftest import own_epoch_keys

__all__ = ["own_epoch_keys"]

DELETED = {
    "images": ["0190f3a2-7b1c-7e44-8d21-5f0a9c3b6e17"],
    "deleted_at": "2026-11-27T18:00:00Z",
    "active_removed_at": "2026-11-27T18:00:41Z",
    "unreadable_by": "2026-12-19",
}

GiveReceipt = Callable[..., Receipt]


@pytest.fixture(autouse=True)
def own_log_folders(settings: Settings, tmp_path: Path) -> None:
    """Copies of the suite's: what is written here belongs to a log that is rolled back."""
    copies = [tmp_path / Path(folder).name for folder in settings.LOG_DIRS]
    for folder, copy in zip(settings.LOG_DIRS, copies, strict=True):
        shutil.copytree(folder, copy)
    settings.LOG_DIRS = copies


@pytest.fixture
def give_receipt(alice: Account) -> GiveReceipt:
    """A receipt of alice's that is signed and in the log."""

    def give(kind: ReceiptKind = ReceiptKind.DELETED_ACTIVE, **more: object) -> Receipt:
        about: UUID = uuid7()
        owe_receipt(
            kind, **{"account_id": alice.pk, "about": about, "facts": DELETED} | more
        )  # type: ignore[arg-type]
        keep_log()
        return Receipt.objects.get(kind=kind, about=about)

    return give


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
