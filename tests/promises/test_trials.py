"""Evidence that is found by trying: what it says while all is well, and what once it is not."""

from __future__ import annotations

import io
import secrets
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image as Picture
from pytest_django import Settings

from accounts.models import Account, Preferences
from images.models import ImagePart
from pocketvault.kernel import blobs, purposes
from pocketvault.machines import strangers
from pocketvault.promises import trials
from pocketvault.promises.evidence import State
from pocketvault.promises.rows import PROMISES
from rights.actions import releases
from rights.models import Archive
from sharing.models import LinkKeyWrap, Publication, Rendition
from sharing.publication_keys import keys_of, part_of
from sharing.publishing.streams import seal_stream
from tests.images.making import store_image
from tests.sharing.linking import make_link, share_album

pytestmark = pytest.mark.django_db
PLACE, MAKE = 0x8825, 0x010F


@pytest.fixture(autouse=True)
def own_places(own_store: None) -> None:
    """Blobs of these tests lie where nothing else does."""


def state_of(name: str) -> State:
    return getattr(trials, name)().state  # type: ignore[no-any-return]


@pytest.mark.parametrize("number", range(1, 21))
def test_each_promise_has_evidence_of_its_own_while_nothing_is_here(number: int) -> None:
    """A service that was just set up: only what was never stated is late."""
    found = PROMISES[number - 1].look_up()
    assert found.sentence % found.figures
    assert len({promise.look_up for promise in PROMISES}) == len(PROMISES)


def replace_picture(photo: Publication, data: bytes) -> None:
    """Change what strangers are shown, behind the pipeline's back."""
    row = Rendition.objects.get()
    sealed = seal_stream(
        data, keys_of(photo.pk).data_key, owner=photo.owner_id, publication=photo.pk,
        part=part_of(320, "webp"),
    )  # fmt: skip
    blobs.store().discard(row.blob_key)
    blobs.store().put(row.blob_key, [sealed])


def webp(**also: object) -> bytes:
    file = io.BytesIO()
    Picture.new("RGB", (320, 240), "teal").save(file, "WEBP", **also)
    return file.getvalue()


def test_a_picture_that_tells_of_a_place_or_a_camera_is_seen(shown: Publication) -> None:
    assert state_of("clean_copies") is State.SHOWN
    assert strangers.is_clean(webp())
    exif = Picture.Exif()
    exif[MAKE] = "Camera"
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a exif:GPSLatitude="1"/></x:xmpmeta>'

    for told in (webp(exif=exif.tobytes()), webp(xmp=xmp), b"", b"RIFF....WEBP", publicly_a_png()):
        assert not strangers.is_clean(told)
        replace_picture(shown, told)
        assert state_of("clean_copies") is State.LATE


def publicly_a_png() -> bytes:
    file = io.BytesIO()
    Picture.new("RGB", (3, 2)).save(file, "PNG")
    return file.getvalue()


def test_a_program_without_a_grant_gets_no_picture(
    shown: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = trials.doors_for_programs()
    assert found.state is State.SHOWN
    assert found.figures["status"] in {401, 403, 404}

    with_grant = strangers.picture_with_grant
    assert with_grant().status == 200  # type: ignore[union-attr]
    monkeypatch.setattr(strangers, "picture_without_grant", with_grant)
    assert state_of("doors_for_programs") is State.LATE


def test_words_that_their_owner_did_not_sign_are_seen(shown: Publication) -> None:
    found = trials.signed_words()
    assert (found.state, found.figures) == (State.SHOWN, {"all": 1, "signed": 1})

    Publication.objects.update(statement=bytes(shown.statement)[:-2] + b" }")
    found = trials.signed_words()
    assert (found.state, found.figures) == (State.LATE, {"all": 1, "signed": 0})


def test_a_photo_whose_mark_is_missing_is_seen(shown: Publication) -> None:
    Publication.objects.update(is_watermarked=False)
    assert trials.marks().figures == {}
    Publication.objects.update(is_watermarked=True)
    assert trials.marks() == trials.Evidence(
        State.LATE, trials.marks().sentence, {"all": 1, "marked": 0}
    )


def test_a_private_photo_is_refused_to_a_stranger(
    transactional_db: None, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert trials.ways_in().figures == {}
    image = store_image(alice)
    assert trials.ways_in().figures == {"status": 401}

    # What it would say of a door that lets anybody in: here, of one that is for everybody.
    open_door = strangers.fetch("/robots.txt")
    monkeypatch.setattr(strangers, "private_photo", lambda: open_door)
    assert state_of("ways_in") is State.LATE
    assert image.pk


def test_a_key_that_an_ended_link_left_is_seen(alice: Account) -> None:
    link = make_link(share_album(alice), secrets.token_bytes(32))
    assert LinkKeyWrap.objects.filter(link=link).exists()
    assert state_of("ways_in") is State.SHOWN
    type(link).objects.update(ended_at=timezone.now())
    assert state_of("ways_in") is State.LATE


def test_code_that_the_log_does_not_state_is_owned_up_to(transactional_db: None) -> None:
    assert state_of("stated_code") is State.LATE
    releases.log_release()
    found = trials.stated_code()
    assert found.state is State.SHOWN
    assert len(str(found.figures["start"])) == 12


def test_how_the_service_is_reached(settings: Settings) -> None:
    settings.IS_LOOPBACK = True
    assert trials.transfers().figures == {}
    settings.IS_LOOPBACK, settings.SECURE_SSL_REDIRECT = False, True
    settings.SECURE_HSTS_SECONDS = 730 * 86_400
    assert (trials.transfers().state, trials.transfers().figures) == (State.SHOWN, {"days": 730})
    for name, off in (("SECURE_SSL_REDIRECT", False), ("SECURE_HSTS_SECONDS", 0)):
        kept = getattr(settings, name)
        setattr(settings, name, off)
        assert state_of("transfers") is State.LATE
        setattr(settings, name, kept)


def test_every_table_with_purposes_refuses_a_sale(monkeypatch: pytest.MonkeyPatch) -> None:
    found = trials.no_sale()
    assert found.state is State.SHOWN
    assert set(purposes.tables_that_refuse_uses()) == {
        "images_touch", "images_touchday", "rights_processorpurpose",
    }  # fmt: skip
    assert found.figures["tables"] == 3
    assert found.figures["foreign"] == 0

    monkeypatch.setattr(trials, "CONTENT_SECURITY_POLICY", "img-src https://ads.example")
    assert state_of("no_sale") is State.LATE
    monkeypatch.undo()
    some = {**purposes.tables_that_refuse_uses(), "images_image": "no_such_constraint"}
    monkeypatch.setattr(trials, "tables_that_refuse_uses", lambda: some)
    assert state_of("no_sale") is State.LATE


def test_an_archive_that_takes_too_long_is_owned_up_to(alice: Account) -> None:
    now = timezone.now()
    assert trials.archives().figures == {"waiting": 0}
    archive = Archive.objects.create(owner=alice, asked_at=now, turned_at=now)
    assert (state_of("archives"), trials.archives().figures) == (State.SHOWN, {"waiting": 1})
    Archive.objects.filter(pk=archive.pk).update(asked_at=now - timedelta(hours=25))
    assert state_of("archives") is State.LATE


def test_an_original_that_a_disk_changed_is_owned_up_to(alice: Account) -> None:
    store_image(alice, thumbnail=b"small" * 50)
    ImagePart.objects.filter(name="thumbnail").update(is_damaged=True)
    assert state_of("originals") is State.SHOWN
    ImagePart.objects.update(is_damaged=True)
    assert trials.originals() == trials.Evidence(
        State.LATE, trials.originals().sentence, {"damaged": 1}
    )


def test_what_is_not_essential_is_off_for_whoever_chose_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert trials.objections().state is State.SHOWN
    assert trials.objections().figures["on"] == 0
    monkeypatch.setattr(Preferences._meta.get_field("digest"), "default", "weekly")
    assert state_of("objections") is State.LATE


@pytest.mark.parametrize(
    "name", ["signed_words", "ways_in", "stated_code", "marks", "archives", "originals"]
)
def test_trying_costs_the_same_however_much_is_kept(
    transactional_db: None, shown: Publication, alice: Account, name: str
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            getattr(trials, name)()
        return len(queries)

    few = cost()
    for _ in range(5):
        store_image(alice)
    assert cost() == few


def test_the_page_is_all_live_on_a_service_that_states_its_code(
    transactional_db: None, client: Client
) -> None:
    releases.log_release()
    rows = client.get("/promises.json").json()["promises"]
    late = {row["number"] for row in rows if row["state"] != "shown"}
    # Backups are made by the worker, of which there is none here; the list of agents grows old.
    assert late <= {4, 5}
