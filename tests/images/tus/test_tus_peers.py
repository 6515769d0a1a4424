"""Clients that others wrote, unmodified, against our server."""

from __future__ import annotations

import hashlib
import random
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from tusclient.client import TusClient

from tests.images.tus.conftest import needs_node
from tests.images.tus.servers import PEERS, Target, Vault

SIZE = 5 * 2**20 + 77


@pytest.fixture
def store_kind() -> str:
    """A client does not see the store: one kind is enough."""
    return "files"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "ciphertext"
    path.write_bytes(random.Random(str(tmp_path)).randbytes(SIZE))
    return path


def is_stored(vault: Vault, photo: Path) -> bool:
    return hashlib.sha256(photo.read_bytes()).hexdigest() in vault.stored(SIZE)


@pytest.mark.parametrize("piece", [SIZE, 2**20])
@pytest.mark.parametrize("has_checksum", [False, True])
def test_tuspy_uploads(
    ours: Target, vault: Vault, photo: Path, piece: int, *, has_checksum: bool
) -> None:
    client = TusClient(ours.address, headers=ours.headers)

    stream = BytesIO(photo.read_bytes())
    uploader = client.uploader(
        file_stream=stream, chunk_size=piece, upload_checksum=has_checksum
    )
    uploader.upload()

    assert ours.offset_of(uploader.url) == SIZE
    assert is_stored(vault, photo)


def test_tuspy_resumes(ours: Target, vault: Vault, photo: Path) -> None:
    client = TusClient(ours.address, headers=ours.headers)
    stream = BytesIO(photo.read_bytes())
    first = client.uploader(file_stream=stream, chunk_size=2**20)
    first.upload(stop_at=2 * 2**20)
    assert ours.offset_of(first.url) == 2 * 2**20

    client.uploader(file_stream=stream, chunk_size=2**20, url=first.url).upload()

    assert is_stored(vault, photo)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["whole", "pieces", "stream", "creation", "resume"])
def test_tus_js_client_uploads(ours: Target, vault: Vault, photo: Path, mode: str) -> None:
    location = run_tus_js_client(ours, photo, mode)

    assert ours.offset_of(location) == SIZE
    assert is_stored(vault, photo)


@pytest.mark.slow
def test_tus_js_client_terminates(ours: Target, vault: Vault, photo: Path) -> None:
    location = run_tus_js_client(ours, photo, "terminate")

    assert ours.ask("HEAD", location).status == 404


def run_tus_js_client(target: Target, photo: Path, mode: str) -> str:
    needs_node()
    done = subprocess.run(
        ["node", str(PEERS / "tus-client.mjs"), target.address, target.tokens["alice"],
         str(photo), mode],
        check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
