"""Who came to a photo: counted by class and day, cheaply, and gone with the photo."""

from __future__ import annotations

import ast
import os
import secrets
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Account
from images.actions import touches
from images.actions.disposal import purge_images
from images.actions.verifying import verify_image
from images.delivery import read_for_owner, read_whole
from images.models import Image, Touch, TouchBatch, TouchDay, Toucher
from images.touching import note
from pocketvault.kernel import work
from pocketvault.kernel.counters import SqliteCache
from pocketvault.kernel.purposes import STORE_IMAGES, VERIFY_IMAGES
from tests.architecture import source
from tests.images.making import bytes_of, store_image

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]
CONTENT = secrets.token_bytes(5_000)


@pytest.fixture
def image(alice: Account) -> Image:
    made = store_image(alice, CONTENT, thumbnail=b"small" * 50)
    touches.write_touches()
    Touch.objects.all().delete()
    TouchDay.objects.all().delete()
    return made


def address(image: Image, name: str = "thumbnail") -> str:
    return f"/api/v1/images/{image.pk}/versions/1/{name}"


def seen(image: Image) -> set[tuple[str, str, int]]:
    touches.write_touches()
    return set(Touch.objects.filter(image=image).values_list("who", "purpose", "count"))


def test_the_owner_sees_that_their_own_device_came(alice_app: APIClient, image: Image) -> None:
    for _ in range(3):
        bytes_of(alice_app.get(address(image)))
    touches.write_touches()

    answer = alice_app.get(f"/api/v1/images/{image.pk}/touches").json()

    assert answer["items"] == [{
        "day": timezone.now().date().isoformat(), "who": "owner", "purpose": "store_images",
        "title": "Keep your encrypted photos and hand them back to you", "count": 3,
    }]  # fmt: skip
    assert alice_app.get("/api/v1/touches").json() == answer


def test_what_brings_no_bytes_is_no_touch_and_a_download_is_one(
    alice_app: APIClient, image: Image
) -> None:
    tag = alice_app.get(address(image, "original"))["ETag"]
    alice_app.head(address(image, "original"))
    alice_app.get(address(image, "original"), HTTP_IF_NONE_MATCH=tag)
    for span in ("bytes=0-99", "bytes=100-199", "bytes=200-", "bytes=9000-"):
        alice_app.get(address(image, "original"), HTTP_RANGE=span)

    assert seen(image) == {("owner", "store_images", 2)}


def test_work_of_ours_is_told_too(image: Image) -> None:
    part = image.parts.get(name="original")
    b"".join(read_for_owner(part, purpose=STORE_IMAGES))
    read_whole(part.blob_key, purpose=STORE_IMAGES, image_id=image.pk)
    verify_image(image.pk)

    assert seen(image) == {("worker", "store_images", 2), ("worker", "verify_images", 2)}


# What it reads is a list of what an archive holds, and no photo.
READS_NO_PHOTO = {
    "rights/actions/stretching.py",
    # A copy found elsewhere: of which photo it is, is what is looked for.
    "sharing/actions/found_copies.py",
    # What an authority sent, and what is handed to it: papers and lists.
    "rights/legal/actions/producing.py",
    "rights/legal/papers.py",
    # Pages and pictures that others showed.
    "rights/takedown/evidence.py",
}


@pytest.mark.parametrize("path", source.modules(), ids=source.label)
def test_whoever_reads_what_was_made_of_a_photo_says_of_which(path: Path) -> None:
    calls = [
        node for node in ast.walk(source.tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("read_whole")
    ]  # fmt: skip
    named = [call for call in calls if "image_id" in {each.arg for each in call.keywords}]
    assert len(named) == len(calls) or source.label(path) in READS_NO_PHOTO


def test_a_thumbnail_costs_no_query_for_it(alice_app: APIClient, image: Image) -> None:
    """Two queries let the device in and find the photo, as before anything was counted."""
    alice_app.get(address(image))

    with CaptureQueriesContext(connection) as queries:
        bytes_of(alice_app.get(address(image)))

    assert not [each for each in queries if "touch" in each["sql"]]
    assert not [each for each in queries if not each["sql"].startswith("SELECT")]


def test_nothing_is_lost_or_counted_twice_wherever_it_stops(
    image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        note(image.pk, Toucher.OWNER, STORE_IMAGES)
    drop = type(caches[DEFAULT_CACHE_ALIAS]).drop_tallies

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(touches, "id_value", die)  # before anything is written
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        touches.write_touches()
    monkeypatch.undo()
    assert not Touch.objects.exists()
    monkeypatch.setattr(type(caches[DEFAULT_CACHE_ALIAS]), "drop_tallies", die)  # after it was
    with pytest.raises(KeyboardInterrupt):
        touches.write_touches()
    note(image.pk, Toucher.OWNER, STORE_IMAGES)
    monkeypatch.setattr(type(caches[DEFAULT_CACHE_ALIAS]), "drop_tallies", drop)

    assert seen(image) == {("owner", "store_images", 3)}
    assert TouchBatch.objects.count() == 1
    assert touches.write_touches() == 0


COUNT_AND_DIE = """
import os, signal, sys
from pocketvault.kernel.counters import SqliteCache
cache = SqliteCache(sys.argv[1], {})
for _ in range(7):
    cache.tally("name")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_counted_is_there(tmp_path: object) -> None:
    place = f"{tmp_path}/counters.sqlite3"
    done = subprocess.run(
        [sys.executable, "-c", COUNT_AND_DIE, place], check=False,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "pocketvault.settings.test"},
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL

    batch = SqliteCache(place, {}).take_tallies()
    assert batch is not None
    assert batch.counts == {"name": 7}


def test_it_goes_with_the_photo_and_is_never_written_for_one_that_is_gone(
    alice: Account, image: Image
) -> None:
    note(image.pk, Toucher.OWNER, STORE_IMAGES)
    assert seen(image)
    note(image.pk, Toucher.LINK, STORE_IMAGES)

    purge_images([image.pk], actor=alice)
    touches.write_touches()

    assert not Touch.objects.exists()
    assert list(TouchDay.objects.values_list("who", "count")) == [("owner", 1)]


def test_a_year_is_kept(image: Image) -> None:
    today = timezone.now().date()
    for days in (364, 366):
        day = today - timedelta(days=days)
        about = {"who": "owner", "purpose": "store_images", "day": day, "count": 1}
        Touch.objects.create(image=image, **about)
        TouchDay.objects.create(owner_id=image.owner_id, **about)

    assert touches.forget_old_touches() == 2
    assert Touch.objects.count() == TouchDay.objects.count() == 1
    assert work.tasks()["images.write_touches"].every == timedelta(minutes=1)


@pytest.mark.parametrize("purpose", ["train_ai_system", "essential.MARKETING", "resale"])
def test_no_touch_for_training_can_be_written(image: Image, purpose: str) -> None:
    about = {"who": "worker", "purpose": purpose, "day": datetime.now(UTC).date(), "count": 1}
    with pytest.raises(IntegrityError), transaction.atomic():
        Touch.objects.create(image=image, **about)
    with pytest.raises(IntegrityError), transaction.atomic():
        TouchDay.objects.create(owner_id=image.owner_id, **about)


def test_counters_that_are_away_refuse_nobody_their_photo(
    alice_app: APIClient, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(type(caches[DEFAULT_CACHE_ALIAS]), "tally", away)

    assert bytes_of(alice_app.get(address(image))) == b"small" * 50
    monkeypatch.undo()
    assert seen(image) == set()


def test_a_page_of_the_library_reads_as_little_as_one_photo(
    alice: Account, alice_app: APIClient, image: Image
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            alice_app.get("/api/v1/touches")
        return len(queries)

    note(image.pk, Toucher.OWNER, VERIFY_IMAGES)
    touches.write_touches()
    few = cost()
    for _ in range(5):
        note(store_image(alice).pk, Toucher.OWNER, VERIFY_IMAGES)
    touches.write_touches()

    assert cost() == few
    assert TouchDay.objects.filter(who="owner").get().count == 6
