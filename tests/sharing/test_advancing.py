"""From a copy to pictures that everyone sees: each step, what stops it, and what it leaves."""

from __future__ import annotations

import hashlib
import io
import logging
import secrets
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from PIL import Image as Picture
from pytest_django import Settings

from accounts.models import AuditEvent
from images.actions.freeing import free_discarded_blobs
from images.models import DiscardedBlob, ImagePart, StorageUse
from pocketvault.kernel import blobs, work
from pocketvault.kernel.models import Job
from pocketvault.kernel.purposes import PUBLISH_IMAGES
from sharing.actions import advancing, marking
from sharing.actions.advancing import advance_publication
from sharing.actions.following_up import advance_publications
from sharing.actions.labelling import label_publication
from sharing.models import (
    Publication,
    PublicationBlob,
    PublicationEnvelope,
    PublicationFeatures,
    Rendition,
    WatermarkNumber,
    WatermarkSecret,
)
from sharing.models.publication import SIZES
from sharing.publication_keys import keys_of, open_part, open_rendition
from sharing.watermark.keys import WatermarkKey
from sharing.watermark.reading import read as read_mark
from tests.images.making import store_image, upload
from tests.sharing import publicity
from tests.sharing.publicity import API, Copy, path_of
from tests.sharing.signing_albums import Person
from tests.standing import blob_keys

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]
STATES = ("arrived", "checked", "marked", "rendered", "live")


@pytest.fixture(autouse=True)
def profiles_are_on(settings: Settings) -> None:
    settings.PROFILES_URL = "http://photos.localhost:8000"


@pytest.fixture
def alice_shows(owner: Person) -> Person:
    publicity.open_profile(owner)
    return owner


@pytest.fixture
def copy(alice_shows: Person) -> Copy:
    return Copy(image=store_image(alice_shows.account), content=publicity.jpeg(3, (1024, 768)))


@pytest.fixture
def published(alice_shows: Person, copy: Copy) -> Publication:
    return publicity.publish(alice_shows, copy)


def again(publication: Publication) -> Publication:
    return Publication.objects.get(pk=publication.pk)


def advance_to(publication: Publication, state: str) -> Publication:
    while again(publication).state != state:
        before = again(publication).state
        advance_publication(publication.pk)
        assert again(publication).state != before
    return again(publication)


def named_blobs() -> set[str]:
    return {
        key
        for model in (PublicationBlob, Rendition, PublicationFeatures)
        for key in model._default_manager.values_list("blob_key", flat=True)
    }


def used(person: Person) -> int:
    found = StorageUse.objects.filter(pk=person.pk).values_list("used_bytes", flat=True)
    return found.first() or 0


def pictures_of(publication: Publication) -> dict[str, bytes]:
    rows = Rendition.objects.filter(publication=publication).select_related("publication")
    return {f"{r.size}.{r.kind}": open_rendition(r, purpose=PUBLISH_IMAGES) for r in rows}


def test_a_worker_makes_every_picture_and_shows_it(
    alice_shows: Person, copy: Copy, published: Publication
) -> None:
    work.run_due_jobs()

    row = again(published)
    assert (row.state, row.refusal) == ("live", "")
    assert (row.width, row.height) == (1024, 768)
    assert 0 < len(bytes(row.placeholder)) <= 25
    assert row.published_at is not None
    pictures = pictures_of(row)
    assert set(pictures) == {f"{size}.{kind}" for size in SIZES for kind in ("webp", "jpg")}
    for name, data in pictures.items():
        size, kind = name.split(".")
        picture = Picture.open(io.BytesIO(data))
        assert picture.format == {"webp": "WEBP", "jpg": "JPEG"}[kind]
        assert max(picture.size) == min(int(size), 1024)
        stored = Rendition.objects.get(size=size, kind=kind)
        assert hashlib.sha256(data).digest() == bytes(stored.sha256)
        assert (stored.bytes, stored.width, stored.height) == (len(data), *picture.size)
    assert not PublicationBlob.objects.exists()
    assert not Job.objects.filter(task="sharing.advance_publication").exists()
    shown = alice_shows.app.get(f"{path_of(row.pk)}/pictures/1280.jpg")
    assert (shown.status_code, shown.content) == (200, pictures["1280.jpg"])
    tags = set(AuditEvent.objects.values_list("tag", flat=True))
    assert {"publication:made", "publication:live"} <= tags


def test_each_step_is_one_commit(published: Publication) -> None:
    seen = [again(published).state]
    while seen[-1] != "live":
        advance_publication(published.pk)
        seen.append(again(published).state)
        if seen[-1] != "live":
            assert Job.objects.filter(
                task="sharing.advance_publication", arguments=[str(published.pk)]
            ).count() == 1

    assert tuple(seen) == STATES


def test_the_pictures_carry_the_number_and_say_whose_they_are(published: Publication) -> None:
    advance_to(published, "live")
    number = WatermarkNumber.objects.get(publication=published)
    pictures = pictures_of(published)

    key = WatermarkKey(number=number.secret.number, secret=number.secret.open())
    found = read_mark(np.asarray(pixels_in(pictures["2048.jpg"])), [key])

    assert found is not None
    assert found.payload == int(number.payload, 16)
    for data in pictures.values():
        assert b"DMI-PROHIBITED-AIMLTRAINING" in data
        assert b"<rdf:li>Alice</rdf:li>" in data
        assert f"/u/alice-photos/{published.public_id}".encode() in data


def pixels_in(data: bytes) -> Picture.Image:
    return Picture.open(io.BytesIO(data)).convert("RGB")


def test_without_a_watermark_no_number_is_given(alice_shows: Person) -> None:
    plain = Copy(image=store_image(alice_shows.account), is_watermarked=False)
    published = publicity.publish(alice_shows, plain)

    advance_to(published, "live")

    assert not WatermarkNumber.objects.exists()
    assert not WatermarkSecret.objects.exists()
    assert PublicationFeatures.objects.filter(publication=published).count() == 1


CONTENTS = {
    "cannot_decode": lambda: publicity.jpeg()[:900],
    "not_a_picture": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'></svg>",
    "cannot_mark": lambda: publicity.png((1, 1)),
}


@pytest.mark.parametrize("code", CONTENTS)
def test_what_cannot_be_shown_is_refused_and_leaves_nothing(
    code: str, alice_shows: Person
) -> None:
    before = used(alice_shows)
    image = store_image(alice_shows.account)
    size = used(alice_shows) - before
    copy = Copy(image=image, content=CONTENTS[code]())
    published = publicity.publish(alice_shows, copy)

    work.run_due_jobs()

    said = alice_shows.app.get(path_of(published.pk)).json()
    assert said["state"] == "refused"
    assert said["refusal"] in (code, "cannot_strip")
    assert named_blobs() == set()
    for model in (PublicationEnvelope, WatermarkNumber):
        assert not model._default_manager.exists()
    assert used(alice_shows) == before + size
    assert not Job.objects.filter(task="sharing.advance_publication").exists()
    assert publicity.withdraw(alice_shows, published.pk).status_code == 204


def test_a_copy_that_was_not_signed_for_is_refused(alice_shows: Person, copy: Copy) -> None:
    other = Copy(
        image=copy.image, content=publicity.png(), publication_id=copy.publication_id,
        key=copy.key,
    )
    body = {**publicity.publish_body(alice_shows, other), **publicity.signed(alice_shows, copy)}
    assert publicity.put(alice_shows, copy, body).status_code == 201

    advance_publication(copy.publication_id)

    row = Publication.objects.get()
    assert (row.state, row.refusal) == ("refused", "copy_differs")


def test_a_copy_that_does_not_open_is_refused(alice_shows: Person, copy: Copy) -> None:
    wrong_key = publicity.text(secrets.token_bytes(32))
    elsewhere = Copy(image=copy.image, content=copy.content, key=copy.key)
    noise = secrets.token_bytes(5000)
    sent = upload(alice_shows.account, noise)
    bodies = [
        publicity.publish_body(alice_shows, copy, copy_key=wrong_key),
        # Encrypted for another publication.
        {**publicity.publish_body(alice_shows, elsewhere), **publicity.signed(alice_shows, copy)},
        publicity.publish_body(
            alice_shows, copy, upload=str(sent.pk), upload_bytes=5000,
            upload_sha256=publicity.text(hashlib.sha256(noise).digest()),
        ),
    ]
    for body in bodies:
        assert publicity.put(alice_shows, copy, body).status_code == 201
        advance_publication(copy.publication_id)
        assert Publication.objects.get().refusal == "cannot_open"
        publicity.withdraw(alice_shows, copy.publication_id)


def test_a_copy_that_the_store_lost_is_refused(published: Publication) -> None:
    blobs.store().discard(PublicationBlob.objects.get().blob_key)

    advance_publication(published.pk)

    assert again(published).refusal == "lost"


STEPS = ("check", "mark", "render")


@pytest.mark.parametrize("step", [*STEPS, "features_of"])
def test_withdrawn_while_a_step_runs_nothing_comes_back(
    step: str, alice_shows: Person, published: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The door of the step is the real one; its owner withdraws just before it answers."""
    before = {"check": "arrived", "mark": "checked", "features_of": "checked", "render": "marked"}
    advance_to(published, before[step])
    room = used(alice_shows)
    real = getattr(advancing, step)

    def and_withdraw(*arguments: object) -> object:
        if Publication.objects.exists():
            assert publicity.withdraw(alice_shows, published.pk).status_code == 204
        return real(*arguments)

    monkeypatch.setattr(advancing, step, and_withdraw)
    advance_publication(published.pk)

    assert not Publication.objects.exists()
    assert named_blobs() == set()
    assert not Rendition.objects.exists()
    assert used(alice_shows) <= room
    free_discarded_blobs()
    kept = blob_keys()
    assert len(kept) == 1  # the photo in the vault
    assert not WatermarkNumber.objects.exists()


@pytest.mark.parametrize("state", STATES[:-1])
def test_of_two_workers_at_one_step_one_commits(
    state: str, alice_shows: Person, published: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance_to(published, state)
    real = advancing._commit

    def late(*arguments: object) -> None:
        """Whoever was slower: the other took the step just before."""
        monkeypatch.setattr(advancing, "_commit", real)
        advance_publication(published.pk)
        real(*arguments)

    monkeypatch.setattr(advancing, "_commit", late)
    advance_publication(published.pk)

    assert STATES.index(again(published).state) == STATES.index(state) + 1
    advance_to(published, "live")
    free_discarded_blobs()
    assert blob_keys() == named_blobs() | blobs_of_vault()
    assert len(pictures_of(published)) == 6
    publicity.withdraw(alice_shows, published.pk)
    assert used(alice_shows) == 1000


def blobs_of_vault() -> set[str]:
    return set(ImagePart.objects.values_list("blob_key", flat=True))


def test_what_hangs_is_owed_again(published: Publication) -> None:
    Job.objects.all().delete()
    assert advance_publications() == 0

    Publication.objects.update(made_at=timezone.now() - timedelta(minutes=11))

    assert advance_publications() == advance_publications() == 1
    assert Job.objects.filter(task="sharing.advance_publication").count() == 1
    work.run_due_jobs()
    assert again(published).state == "live"
    assert advance_publications() == 0


@pytest.mark.parametrize("state", STATES)
def test_words_changed_at_any_time_are_those_in_the_pictures(
    state: str, alice_shows: Person, copy: Copy, published: Publication
) -> None:
    advance_to(published, state)
    before = pictures_of(published)
    body = publicity.signed(alice_shows, copy, number=2, creator="A. Larsen", licence="CC BY 4.0")

    path = f"{path_of(published.pk)}/statement"
    assert alice_shows.app.post(path, body, format="json").status_code == 200
    work.run_due_jobs()

    pictures = pictures_of(published)
    assert len(pictures) == 6
    for name, data in pictures.items():
        assert b"A. Larsen" in data
        assert b"CC BY 4.0" in data
        assert b"<rdf:li>Alice</rdf:li>" not in data
        Picture.open(io.BytesIO(data)).load()
        if state == "live":
            assert pixels_in(data).tobytes() == pixels_in(before[name]).tobytes()
    free_discarded_blobs()
    assert blob_keys() == named_blobs() | blobs_of_vault()
    publicity.withdraw(alice_shows, published.pk)
    assert used(alice_shows) == 1000


def test_words_changed_while_pictures_are_made_are_not_missed(
    alice_shows: Person, copy: Copy, published: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance_to(published, "marked")
    body = publicity.signed(alice_shows, copy, number=2, creator="A. Larsen")
    real = advancing.render

    def and_change(*arguments: object) -> object:
        alice_shows.app.post(f"{path_of(published.pk)}/statement", body, format="json")
        return real(*arguments)

    monkeypatch.setattr(advancing, "render", and_change)
    advance_publication(published.pk)
    monkeypatch.setattr(advancing, "render", real)
    assert again(published).state == "marked"
    advance_to(published, "live")

    assert all(b"A. Larsen" in data for data in pictures_of(published).values())


def test_a_new_address_is_in_every_picture(alice_shows: Person, published: Publication) -> None:
    advance_to(published, "live")
    work.run_due_jobs()

    publicity.open_profile(alice_shows, name="alice-larsen")
    work.run_due_jobs()

    pictures = pictures_of(published)
    assert len(pictures) == 6
    for data in pictures.values():
        assert f"/u/alice-larsen/{published.public_id}".encode() in data
    publicity.open_profile(alice_shows, name="alice-larsen", bio="Boats.")
    assert not Job.objects.filter(task="sharing.label_publications").exists()


def test_labelling_what_was_withdrawn_is_no_failure(
    alice_shows: Person, published: Publication
) -> None:
    advance_to(published, "live")
    publicity.withdraw(alice_shows, published.pk)

    label_publication(published.pk)


def test_features_are_of_the_picture_as_it_is_shown(published: Publication) -> None:
    advance_to(published, "marked")
    row = PublicationFeatures.objects.get()
    work_blob = PublicationBlob.objects.get()
    keys = keys_of(published.pk)
    parts = {"features": row.blob_key, "work": work_blob.blob_key}
    opened = {
        part: open_part(published, key, part, keys=keys, purpose=PUBLISH_IMAGES)
        for part, key in parts.items()
    }

    assert opened["features"] == advancing.features_of(opened["work"])


def test_no_plaintext_of_a_copy_lies_anywhere(
    alice_shows: Person, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Pixels that no encoder changes, and text that a stripper takes out: neither the copy, nor
    what was made of it, nor its keys are on the disk, in the log or in a temporary file.
    """
    caplog.set_level(logging.DEBUG)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    marker = secrets.token_hex(24)
    file = io.BytesIO()
    picture = Picture.frombytes("RGB", (64, 64), secrets.token_bytes(64 * 64 * 3))
    picture.save(file, "BMP")
    row = file.getvalue()[-200:-140]
    file = io.BytesIO()
    picture.resize((512, 512), Picture.Resampling.NEAREST).save(
        file, "PNG", compress_level=0, comment=marker
    )
    content = file.getvalue() + marker.encode()
    copy = Copy(
        image=store_image(alice_shows.account), content=content, caption=f"c{marker}",
        is_watermarked=False,
    )
    started = timezone.now().timestamp()
    published = publicity.publish(alice_shows, copy)
    advance_to(published, "live")

    keys = keys_of(published.pk)
    secrets_of_it = [
        marker.encode(), row, content[200:260], keys.copy_key, keys.data_key,
        publicity.text(keys.copy_key).encode(), keys.data_key.hex().encode(),
        *(data[:64] for data in pictures_of(published).values()),
    ]
    files = [
        path
        for place in (tmp_path, Path(django_settings.VAR_DIR))
        for path in place.rglob("*")
        if path.is_file() and path.stat().st_mtime >= started - 1
    ]
    assert len(files) >= len(named_blobs())
    for path in files:
        data = path.read_bytes()
        assert [each for each in secrets_of_it if each in data] == [], path
    assert marker not in caplog.text
    assert not DiscardedBlob.objects.filter(blob_key__in=named_blobs()).exists()


def test_secrets_are_made_when_needed_and_replaced_in_time(
    alice_shows: Person, published: Publication
) -> None:
    marking.rotate_watermark_secret()
    assert not WatermarkSecret.objects.exists()
    first = marking.number_of(published)
    assert marking.number_of(published).payload == first.payload
    assert len(first.secret.open()) == 32
    assert int(first.payload, 16) < 2**64
    marking.rotate_watermark_secret()
    assert WatermarkSecret.objects.count() == 1

    old = timezone.now() - timedelta(days=180)
    WatermarkSecret.objects.update(made_at=old)
    marking.rotate_watermark_secret()

    other = publicity.publish(alice_shows, Copy(image=store_image(alice_shows.account)))
    second = marking.number_of(other)
    assert (first.secret.number, second.secret.number) == (1, 2)
    assert first.secret.open() != second.secret.open()
    assert WatermarkSecret.objects.get(pk=1).retired_at is not None
    WatermarkSecret.objects.filter(pk=1).update(retired_at=old)
    marking.rotate_watermark_secret()
    assert WatermarkSecret.objects.count() == 2
    publicity.withdraw(alice_shows, published.pk)
    marking.rotate_watermark_secret()
    assert [row.number for row in WatermarkSecret.objects.all()] == [2]


def test_states_are_seen_by_their_owner_alone(
    alice_shows: Person, stranger: Person, published: Publication
) -> None:
    advance_to(published, "rendered")

    assert alice_shows.app.get(path_of(published.pk)).json()["state"] == "rendered"
    assert not Publication.objects.shown().exists()
    assert stranger.app.get(path_of(published.pk)).status_code == 404
    assert stranger.app.get(f"{API}/publications").json()["items"] == []
