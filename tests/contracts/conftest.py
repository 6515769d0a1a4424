"""The three stores behind one contract. S3 is a real server, started once."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from pocketvault.kernel.blobs import BlobStore
from pocketvault.kernel.blobs.files import FileBlobStore
from pocketvault.kernel.blobs.memory import MemoryBlobStore
from pocketvault.kernel.blobs.s3 import S3BlobStore
from tests.s3 import BUCKET, s3_address  # noqa: F401 - a fixture

KINDS = ("memory", "files", "s3")

@pytest.fixture(scope="session", autouse=True)
def epoch_key() -> None:
    """None: a store needs no database."""


@pytest.fixture(params=KINDS)
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], BlobStore]:
    """Opens the same store again, as another process would (memory is only ever one)."""
    if request.param == "memory":
        memory = MemoryBlobStore()
        return lambda: memory
    if request.param == "files":
        return lambda: FileBlobStore(tmp_path / "vault")
    address, prefix = request.getfixturevalue("s3_address"), secrets.token_hex(4)
    return lambda: S3BlobStore(bucket=BUCKET, prefix=prefix, endpoint=address)


@pytest.fixture
def store(open_store: Callable[[], BlobStore]) -> BlobStore:
    return open_store()


@pytest.fixture
def files(tmp_path: Path) -> FileBlobStore:
    return FileBlobStore(tmp_path / "vault")
