"""A worker killed before each of its steps: what was handed over is shown in the end, whole, and
nothing lies about that no row names once the sweep has been there.

``FAULT_POINTS`` sets at how many steps it is killed (SIGKILL): a few by default, spread evenly; a
large number means at every step there is.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pytest_django import Settings

from accounts.models import Account
from images.actions import freeing
from images.models import ImagePart, StorageUse
from pocketvault.kernel import blobs
from pocketvault.kernel.journal import PREFIX
from pocketvault.kernel.purposes import PUBLISH_IMAGES
from sharing.models import (
    Publication,
    PublicationBlob,
    PublicationFeatures,
    Rendition,
    WatermarkNumber,
)
from sharing.publication_keys import open_rendition
from tests.faults import nursery
from tests.faults.nursery import NEVER
from tests.faults.test_rotation_crash import environment, shared_database
from tests.images.making import store_image
from tests.sharing import publicity
from tests.sharing.publicity import Copy
from tests.sharing.signing_albums import Person, person

__all__ = ["shared_database"]

POINTS = nursery.how_many(5)
ORIGINAL_BYTES = 1000


@pytest.fixture
def alice_shows(
    shared_database: None, alice: Account, settings: Settings, tmp_path: Path
) -> Person:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    settings.PROFILES_URL = "http://photos.localhost:8000"
    found = person(alice)
    publicity.open_profile(found)
    return found


def publish(owner: Person) -> Publication:
    content = publicity.jpeg(5, (480, 360))
    return publicity.publish(owner, Copy(image=store_image(owner.account), content=content))


def advance_until(step: int, publication_id: UUID, blob_root: Path) -> int | None:
    """Go on until it is killed before this step; how many steps it took if it was not."""
    env = {**environment(), "BLOB_URL": f"file://{blob_root}"}
    return nursery.run("publishing_child.py", env, step, str(publication_id))


def named() -> set[str]:
    models = (PublicationBlob, Rendition, PublicationFeatures, ImagePart)
    return {
        key
        for model in models
        for key in model._default_manager.values_list("blob_key", flat=True)
    }


def stored() -> set[str]:
    """What the store holds for people; the journal lies beside it."""
    return {key for key in iter(blobs.store().keys()) if not key.startswith(PREFIX)}


def check(publication: Publication) -> None:
    """Whatever a row names is there; a publication is live with all its pictures or with none."""
    publication.refresh_from_db()
    assert named() <= stored()
    rows = list(Rendition.objects.filter(publication=publication).select_related("publication"))
    assert len(rows) == (6 if publication.state in ("rendered", "live") else 0)
    for row in rows:
        data = open_rendition(row, purpose=PUBLISH_IMAGES)
        assert hashlib.sha256(data).digest() == bytes(row.sha256)
    assert (publication.published_at is not None) is (publication.state == "live")


def test_a_worker_killed_anywhere_publishes_all_the_same(
    alice_shows: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "blobs"
    first = publish(alice_shows)
    steps = advance_until(NEVER, first.pk, root)
    check(first)
    assert first.state == "live"
    assert steps is not None
    assert steps > 40

    for point in nursery.points_of(steps, POINTS):
        publication = publish(alice_shows)
        # Killed again and again: each time it has less left to do.
        for _ in range(2):
            if advance_until(point, publication.pk, root) is not None:
                break
            check(publication)
        else:
            assert advance_until(NEVER, publication.pk, root) is not None
        check(publication)
        assert publication.state == "live"

    assert not PublicationBlob.objects.exists()
    assert WatermarkNumber.objects.count() == Publication.objects.count()
    monkeypatch.setattr(freeing, "ORPHAN_AFTER", timedelta(0))
    freeing.discard_orphan_blobs()
    freeing.free_discarded_blobs()
    assert stored() == named()
    publicity_ends(alice_shows)


def publicity_ends(owner: Person) -> None:
    """Everything is counted once: with the publications goes all that they counted for."""
    photos = Publication.objects.count()
    owner.app.delete("/api/v1/profile")
    assert StorageUse.objects.get(pk=owner.pk).used_bytes == photos * ORIGINAL_BYTES
    freeing.free_discarded_blobs()
    assert len(stored()) == photos
