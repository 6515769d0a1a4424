"""A worker killed while it packs: the archive gets whole in the end, and is the same as ever.

``FAULT_POINTS`` sets at how many steps it is killed (SIGKILL): a few by default, at random; a
large number means at every step there is.
"""

from __future__ import annotations

import hashlib
import io
import random
import zipfile
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pytest_django import Settings

from accounts.models import Account
from images.actions import freeing
from images.models import ImagePart
from pocketvault.kernel import blobs
from rights.actions.archives import ask_for_archive, forget_archives
from rights.models import Archive, ArchiveStretch
from tests.factories import app_of
from tests.faults import nursery
from tests.faults.nursery import NEVER
from tests.faults.test_rotation_crash import environment, shared_database
from tests.images.making import bytes_of, store_image

__all__ = ["shared_database"]

POINTS = nursery.how_many(5)
PHOTOS = 6
TAKES = 12


@pytest.fixture
def vault(shared_database: None, alice: Account, settings: Settings, tmp_path: Path) -> Account:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    for number in range(PHOTOS):
        store_image(alice, b"%d" % number * 40_000, thumbnail=b"t%d" % number)
    return alice


def pack_until(step: int, archive_id: UUID, blob_root: Path) -> int | None:
    """Pack until it is killed before this step; how many steps it took if it was not."""
    env = {**environment(), "BLOB_URL": f"file://{blob_root}"}
    return nursery.run("packing_child.py", env, step, str(archive_id))


def photos_in(data: bytes) -> dict[str, str]:
    """The ciphertexts of a sound archive, by their SHA-256."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        names = [name for name in file.namelist() if name.endswith(".bin")]
        return {name: hashlib.sha256(file.read(name)).hexdigest() for name in names}


def stored() -> dict[str, str]:
    return {
        f"images/{row.image_id}/{row.version}-{row.name}.bin": bytes(row.sha256).hex()
        for row in ImagePart.objects.all()
    }


def taken_with_breaks(account: Account, archive: Archive, chance: random.Random) -> bytes:
    """A download by somebody whose line is cut again and again, anywhere."""
    app, path, taken = app_of(account), f"/api/v1/archives/{archive.pk}/content", b""
    etag = app.head(path)["ETag"]
    cuts = sorted(chance.sample(range(1, archive.size), TAKES))
    for stop in [*cuts, archive.size]:
        answer = app.get(path, HTTP_RANGE=f"bytes={len(taken)}-", HTTP_IF_RANGE=etag)
        taken += bytes_of(answer)[: stop - len(taken)]
    return taken


def test_an_archive_whose_worker_is_killed_anywhere_gets_whole(
    vault: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, chance = tmp_path / "blobs", nursery.dice(8)
    first = ask_for_archive(actor=vault)
    steps = pack_until(NEVER, first.pk, root)
    assert steps is not None
    assert steps > 5 * PHOTOS
    forget_archives(Archive.objects.all())

    for point in sorted(chance.sample(range(1, steps), min(POINTS, steps - 1))):
        asked = ask_for_archive(actor=vault)
        # Killed again and again: each time it has less left to do.
        later = chance.randint(1, steps)
        for step in (point, later):
            if pack_until(step, asked.pk, root) is not None:
                break
        assert pack_until(NEVER, asked.pk, root) is not None
        archive = Archive.objects.get(pk=asked.pk)
        whole = bytes_of(app_of(vault).get(f"/api/v1/archives/{asked.pk}/content"))

        assert (len(whole), archive.missing) == (archive.size, 0)
        assert photos_in(whole) == stored()
        assert taken_with_breaks(vault, archive, chance) == whole
        forget_archives(Archive.objects.all())

    assert not ArchiveStretch.objects.exists()
    monkeypatch.setattr(freeing, "ORPHAN_AFTER", timedelta(0))
    freeing.discard_orphan_blobs()
    freeing.free_discarded_blobs()
    assert len(set(blobs.store().keys())) == 2 * PHOTOS
