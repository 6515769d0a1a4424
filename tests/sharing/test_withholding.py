"""Withheld: nobody but its owner sees it, at any address; and the same picture is known again."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image as Picture
from pytest_django import Settings

from sharing.actions.advancing import advance_publication
from sharing.actions.hashing import hash_old_publications
from sharing.actions.withholding import (
    WITHHELD_BEFORE,
    bar_from_publishing,
    block_pictures,
    publications_like,
    withhold,
)
from sharing.alike import SAME_WITHIN, distance
from sharing.models import Publication, Rendition
from tests.images.making import store_image
from tests.sharing import publicity
from tests.sharing.publicity import Copy
from tests.sharing.signing_albums import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]


@pytest.fixture(autouse=True)
def profiles_are_on(settings: Settings) -> None:
    settings.PROFILES_URL = "http://photos.localhost:8000"


@pytest.fixture
def alice_shows(owner: Person) -> Person:
    publicity.open_profile(owner)
    return owner


def advanced(publication: Publication) -> Publication:
    for _ in range(5):
        advance_publication(publication.pk)
    publication.refresh_from_db()
    return publication


def published(person: Person, content: bytes) -> Publication:
    copy = Copy(image=store_image(person.account), content=content)
    return advanced(publicity.publish(person, copy))


def smaller(picture: bytes, size: tuple[int, int]) -> bytes:
    """Scaled and saved again, as a copy goes round."""
    out = io.BytesIO()
    Picture.open(io.BytesIO(picture)).resize(size).save(out, "JPEG", quality=70)
    return out.getvalue()


def test_a_copy_of_a_withheld_picture_is_refused_and_another_is_not(alice_shows: Person) -> None:
    picture = publicity.jpeg(3, (1024, 768))
    original = published(alice_shows, picture)
    assert (original.state, len(original.pdq)) == ("live", 32)
    withhold([original.pk], at=timezone.now(), actor=None)
    later = timezone.now() + timedelta(days=1)
    block_pictures([original.pk], case_id=original.pk, ends_at=later)

    again = published(alice_shows, smaller(picture, (640, 480)))
    other = published(alice_shows, publicity.jpeg(4, (1024, 768)))

    assert (again.state, again.refusal) == ("refused", WITHHELD_BEFORE)
    assert len(again.pdq) == 32
    assert other.state == "live"


@pytest.mark.parametrize("turn", list(Picture.Transpose))
def test_a_turned_or_mirrored_copy_of_it_is_refused_too(
    alice_shows: Person, turn: Picture.Transpose
) -> None:
    picture = publicity.jpeg(3, (1024, 768))
    original = published(alice_shows, picture)
    later = timezone.now() + timedelta(days=1)
    block_pictures([original.pk], case_id=original.pk, ends_at=later)
    out = io.BytesIO()
    Picture.open(io.BytesIO(picture)).transpose(turn).save(out, "JPEG", quality=70)

    again = published(alice_shows, out.getvalue())

    assert (again.state, again.refusal) == ("refused", WITHHELD_BEFORE)
    assert set(publications_like(again.ways)) == {original.pk, again.pk}


def test_what_was_published_before_there_were_hashes_gets_them_once(
    alice_shows: Person, own_store: object
) -> None:
    original = published(alice_shows, publicity.jpeg(3, (1024, 768)))
    plain = published(alice_shows, smaller(grey(), (300, 300)))
    assert (plain.state, plain.pdq, plain.pdq_ways) == ("live", b"", b"")
    Publication.objects.update(pdq=b"", pdq_ways=None)

    assert hash_old_publications() == 2
    assert hash_old_publications() == 0

    was = bytes(original.pdq)
    original.refresh_from_db()
    plain.refresh_from_db()
    assert distance(was, bytes(original.pdq)) <= SAME_WITHIN
    assert original.ways[:32] == bytes(original.pdq)
    assert len(original.ways) == 256
    assert (bytes(plain.pdq), plain.pdq_ways) == (b"", b"")


def test_one_whose_picture_is_lost_is_asked_for_once(
    alice_shows: Person, settings: Settings
) -> None:
    original = published(alice_shows, publicity.jpeg(3, (1024, 768)))
    Publication.objects.update(pdq_ways=None)
    Rendition.objects.filter(publication=original).delete()

    assert [hash_old_publications(), hash_old_publications()] == [1, 0]

    was = bytes(original.pdq)
    original.refresh_from_db()
    assert bytes(original.pdq) == original.ways == was


def grey() -> bytes:
    out = io.BytesIO()
    Picture.new("RGB", (640, 480), (128, 128, 128)).save(out, "JPEG")
    return out.getvalue()


def test_who_is_barred_publishes_nothing_new(alice_shows: Person) -> None:
    copy = Copy(image=store_image(alice_shows.account))
    until = timezone.now() + timedelta(days=30)
    bar_from_publishing(alice_shows.pk, until)
    answer = publicity.put(alice_shows, copy)
    assert (answer.status_code, answer.json()["code"]) == (409, "publishing_barred")

    bar_from_publishing(alice_shows.pk, timezone.now() - timedelta(seconds=1))
    assert publicity.put(alice_shows, copy).status_code == 201


def test_a_bar_that_is_lifted_bars_from_nothing(alice_shows: Person) -> None:
    bar_from_publishing(alice_shows.pk, timezone.now() + timedelta(days=30))
    bar_from_publishing(alice_shows.pk, None)
    copy = Copy(image=store_image(alice_shows.account))
    assert publicity.put(alice_shows, copy).status_code == 201
