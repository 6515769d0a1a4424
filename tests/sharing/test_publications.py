"""Publishing, changing what is said, arranging and withdrawing, through the API."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account, AuditEvent
from images.actions.disposal import bin_images, purge_image, restore_images
from images.models import DiscardedBlob, StorageUse, SyncEntry, Upload
from pocketvault.kernel.fields import from_base64url
from pocketvault.kernel.fields import to_base64url as text
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.models import Job
from sharing.actions.marking import number_of
from sharing.models import (
    Profile,
    PublicAlbum,
    Publication,
    PublicationBlob,
    PublicationEnvelope,
    PublicationFeatures,
    Rendition,
    WatermarkNumber,
)
from tests.factories import app_of
from tests.images.making import store_image
from tests.sharing import publicity
from tests.sharing.publicity import API, Copy, path_of
from tests.sharing.signing_albums import Json, Person, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]


@pytest.fixture(autouse=True)
def profiles_are_on(settings: Settings) -> None:
    settings.PROFILES_URL = "http://photos.localhost:8000"


@pytest.fixture
def alice_shows(owner: Person) -> Person:
    publicity.open_profile(owner)
    return owner


@pytest.fixture
def copy(alice_shows: Person) -> Copy:
    return Copy(image=store_image(alice_shows.account))


@pytest.fixture
def published(alice_shows: Person, copy: Copy) -> Publication:
    return publicity.publish(alice_shows, copy)


def used(account: Account) -> tuple[int, int]:
    use = StorageUse.objects.get(pk=account.pk)
    return use.used_bytes, use.reserved_bytes


def read(person: Person, publication_id: UUID) -> Json:
    answer = person.app.get(path_of(publication_id))
    assert answer.status_code == 200, answer.content
    found: Json = answer.json()
    return found


def test_a_copy_that_was_handed_over_waits_for_a_worker(alice_shows: Person, copy: Copy) -> None:
    body = publicity.publish_body(alice_shows, copy)
    answer = publicity.put(alice_shows, copy, body)

    said = answer.json()
    assert answer.status_code == 201
    assert (said["state"], said["image"], said["refusal"]) == ("arrived", str(copy.image.pk), "")
    assert (said["caption"], said["creator"]) == ("The harbour in November", "Alice")
    assert len(said["public_id"]) == 22
    assert said["public_id"] != said["id"]
    assert (said["statement"], said["signature"]) == (body["statement"], body["signature"])
    assert not Upload.objects.exists()
    assert Job.objects.filter(task="sharing.advance_publication").count() == 1
    keys = PublicationEnvelope.objects.get().open()
    assert (keys[:32], len(keys)) == (copy.key, 64)
    entry = SyncEntry.objects.get(kind="publication")
    assert (entry.object_id, entry.is_deleted) == (copy.publication_id, False)
    assert AuditEvent.objects.filter(tag="publication:made").count() == 1


def test_a_lost_answer_can_be_asked_for_again(alice_shows: Person, copy: Copy) -> None:
    body = publicity.publish_body(alice_shows, copy)

    answers = [publicity.put(alice_shows, copy, body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    other = Copy(image=copy.image, content=publicity.png(), publication_id=copy.publication_id)
    refused = publicity.put(alice_shows, other)
    assert (refused.status_code, refused.json()["code"]) == (409, "already_exists")


def test_nothing_is_published_without_a_profile(owner: Person) -> None:
    copy = Copy(image=store_image(owner.account))

    answer = publicity.put(owner, copy)

    assert (answer.status_code, answer.json()["code"]) == (409, "profile_needed")
    assert (Publication.objects.count(), Upload.objects.count()) == (0, 1)


Change = Callable[[Person, Copy, Json], None]


def resigned(**changes: object) -> Change:
    return lambda who, copy, body: body.update(publicity.signed(who, copy, **changes))


def altered(who: Person, copy: Copy, body: Json) -> None:
    body["statement"] = text(copy.statement(caption="Not what was signed"))


def of_another_image(who: Person, copy: Copy, body: Json) -> None:
    body["image"] = str(store_image(who.account).pk)


STATEMENTS: dict[str, tuple[Change, int, str]] = {
    "altered": (altered, 422, "bad_statement"),
    "about another publication": (resigned(publication=str(uuid7())), 422, "bad_statement"),
    "about another image": (of_another_image, 422, "bad_statement"),
    "of another kind": (resigned(kind="grant"), 422, "bad_statement"),
    "not the first": (resigned(number=2), 409, "conflict"),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_that_does_not_fit_publishes_nothing(
    name: str, alice_shows: Person, copy: Copy
) -> None:
    change, status, code = STATEMENTS[name]
    body = publicity.publish_body(alice_shows, copy)
    number = 2 if name == "not the first" else 1
    if name == "not the first":
        body.update(publicity.signed(alice_shows, copy, number=number))
    else:
        change(alice_shows, copy, body)

    answer = publicity.put(alice_shows, copy, body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Publication.objects.exists()


def test_nobody_speaks_for_somebody_else(alice_shows: Person, friend: Person, copy: Copy) -> None:
    body = publicity.publish_body(alice_shows, copy)
    forged = publicity.sign(friend, copy, copy.statement())

    answer = publicity.put(alice_shows, copy, {**body, "signature": text(forged)})

    assert answer.json()["code"] == "bad_statement"


def test_what_is_somebody_elses_is_not_found(
    alice_shows: Person, stranger: Person, copy: Copy
) -> None:
    publicity.open_profile(stranger, name="mallory")
    theirs = Copy(image=store_image(stranger.account))
    hers = publicity.publish_body(alice_shows, copy)
    album = PublicAlbum.objects.create(
        profile=Profile.objects.get(pk=alice_shows.pk), title="Boats", position=0
    )
    bodies = {
        "image": publicity.publish_body(stranger, copy),
        "upload": publicity.publish_body(stranger, theirs, upload=hers["upload"]),
        "album": publicity.publish_body(stranger, theirs, album=str(album.pk)),
    }
    for name, body in bodies.items():
        answer = publicity.put(stranger, copy if name == "image" else theirs, body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), name

    assert publicity.put(alice_shows, copy, hers).status_code == 201
    taken = Copy(image=theirs.image, publication_id=copy.publication_id)
    again = [
        publicity.put(stranger, copy, bodies["image"]), publicity.put(stranger, taken),
    ]  # fmt: skip
    assert [answer.status_code for answer in again] == [404, 404]
    assert Publication.objects.count() == 1


def test_a_photo_in_the_recycle_bin_is_not_published(alice_shows: Person, copy: Copy) -> None:
    body = publicity.publish_body(alice_shows, copy)
    bin_images([copy.image.pk], actor=alice_shows.account, wait=timedelta(days=1))

    assert publicity.put(alice_shows, copy, body).status_code == 404


def test_a_copy_counts_as_long_as_it_lies_here(alice_shows: Person, copy: Copy) -> None:
    before, _ = used(alice_shows.account)
    body = publicity.publish_body(alice_shows, copy)
    assert used(alice_shows.account) == (before, body["upload_bytes"])

    publicity.put(alice_shows, copy, body)
    assert used(alice_shows.account) == (before + int(str(body["upload_bytes"])), 0)

    publicity.withdraw(alice_shows, copy.publication_id)
    assert used(alice_shows.account) == (before, 0)


def test_a_full_vault_publishes_nothing(alice_shows: Person, copy: Copy) -> None:
    Account.objects.filter(pk=alice_shows.pk).update(own_limit_bytes=2000)
    length = len(publicity.encrypted(alice_shows, copy))

    answer = app_of(Account.objects.get(pk=alice_shows.pk)).post(
        f"{API}/uploads", HTTP_UPLOAD_LENGTH=str(length), HTTP_TUS_RESUMABLE="1.0.0"
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "quota_reached")


def test_a_copy_that_is_too_large_is_refused_before_it_is_opened(
    alice_shows: Person, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = publicity.publish_body(alice_shows, copy)
    monkeypatch.setattr("sharing.actions.publishing.MOST_COPY_BYTES", 1000)

    answer = publicity.put(alice_shows, copy, body)

    assert (answer.status_code, answer.json()["code"]) == (413, "copy_too_large")
    assert answer.json()["limit_bytes"] == 1000


def test_one_person_does_not_take_all_workers(
    alice_shows: Person, copy: Copy, published: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sharing.actions.publishing.MOST_UNDER_WAY", 1)
    other = Copy(image=copy.image)
    body = publicity.publish_body(alice_shows, other)

    refused = publicity.put(alice_shows, other, body)

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    publicity.as_live(published)
    assert publicity.put(alice_shows, other, body).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_two_devices_publish_one_id_at_the_same_moment(alice: Account) -> None:
    owner = person(alice)
    publicity.open_profile(owner)
    copy = Copy(image=store_image(alice))
    body = publicity.publish_body(owner, copy)
    start, codes = threading.Barrier(2), list[int]()

    def put() -> None:
        device = Person(alice, app_of(alice), owner.key)
        start.wait()
        codes.append(publicity.put(device, copy, body).status_code)
        connection.close()

    threads = [threading.Thread(target=put) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # SQLite may send one of them away, to come again.
    assert 201 in codes
    assert set(codes) <= ({201, 200} if connection.vendor == "postgresql" else {201, 200, 503})
    assert publicity.put(owner, copy, body).status_code == 200
    assert (Publication.objects.count(), PublicationBlob.objects.count()) == (1, 1)


def test_words_are_changed_by_the_next_statement(
    alice_shows: Person, copy: Copy, published: Publication
) -> None:
    path = f"{path_of(published.pk)}/statement"
    body = publicity.signed(alice_shows, copy, number=2, caption="Dusk", licence="CC BY 4.0")

    answers = [alice_shows.app.post(path, body, format="json") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    said = read(alice_shows, published.pk)
    assert (said["caption"], said["licence"]) == ("Dusk", "CC BY 4.0")
    assert said["statement"] == body["statement"]
    assert AuditEvent.objects.filter(tag="publication:changed").count() == 1


def test_words_are_not_changed_by_another_statement(
    alice_shows: Person, friend: Person, copy: Copy, published: Publication
) -> None:
    path = f"{path_of(published.pk)}/statement"
    before = read(alice_shows, published.pk)
    third = publicity.signed(alice_shows, copy, number=3)
    same_number = publicity.signed(alice_shows, copy, number=1, caption="Dusk")
    other_copy = publicity.signed(alice_shows, copy, number=2, copy="A" * 43)
    unmarked = publicity.signed(alice_shows, copy, number=2, watermark=0)
    foreign = publicity.signed(friend, copy, number=2)

    answers = [
        alice_shows.app.post(path, body, format="json")
        for body in (third, same_number, other_copy, unmarked, foreign)
    ]

    assert [answer.json()["code"] for answer in answers] == [
        "conflict", "conflict", "bad_statement", "bad_statement", "bad_statement",
    ]
    assert answers[0].json()["number"] == 1
    assert read(alice_shows, published.pk) == before


def test_publications_go_where_their_owner_puts_them(
    alice_shows: Person, stranger: Person
) -> None:
    account = alice_shows.account
    rows = [publicity.publish(alice_shows, Copy(image=store_image(account))) for _ in range(3)]
    album_id = uuid7()
    publicity.open_profile(alice_shows, albums=[{"id": str(album_id), "title": "Boats"}])
    items: list[Json] = [
        publicity.placed(alice_shows, row.pk, album=str(album_id), position=9 - place)
        for place, row in enumerate(rows)
    ]

    done = alice_shows.app.post(f"{API}/profile/arrange", {"items": items}, format="json")

    assert done.status_code == 204
    assert list(Publication.objects.in_order()) == rows[::-1]
    assert Publication.objects.filter(album=album_id).count() == 3
    by_stranger = [publicity.placed(stranger, row.pk, position=1) for row in rows]
    theirs = stranger.app.post(f"{API}/profile/arrange", {"items": by_stranger}, format="json")
    gone = publicity.placed(alice_shows, rows[0].pk)
    publicity.withdraw(alice_shows, rows[0].pk)
    rows, unknown = rows[1:], [*items[1:], gone]
    none = alice_shows.app.post(f"{API}/profile/arrange", {"items": unknown}, format="json")
    assert (theirs.status_code, none.status_code) == (404, 404)
    twice = alice_shows.app.post(
        f"{API}/profile/arrange", {"items": [items[0], items[0]]}, format="json"
    )
    assert twice.status_code == 400
    publicity.open_profile(alice_shows, albums=[])
    assert Publication.objects.filter(album=None).count() == 2


def test_nothing_stands_where_its_owner_did_not_sign_it(
    alice_shows: Person, friend: Person, copy: Copy, published: Publication
) -> None:
    good = publicity.placed(alice_shows, published.pk, position=3)
    said = publicity.signed(alice_shows, copy, number=2, position=3)
    wrong: dict[str, Json] = {
        "elsewhere": {**good, "position": 4},
        "by another": publicity.placed(friend, published.pk, position=3),
        "other words": {**good, **publicity.signed(
            alice_shows, copy, number=2, position=3, caption="Dusk"
        )},
        "another picture": {**good, **publicity.signed(
            alice_shows, copy, number=2, position=3, copy="A" * 43
        )},
        "not the next": {**good, **publicity.signed(alice_shows, copy, number=3, position=3)},
        "the one before": {**good, **publicity.signed(alice_shows, copy), "position": 3},
    }  # fmt: skip

    codes = [
        alice_shows.app.post(
            f"{API}/profile/arrange", {"items": [item]}, format="json"
        ).json()["code"]
        for item in wrong.values()
    ]

    assert dict(zip(wrong, codes, strict=True)) == {
        **dict.fromkeys(wrong, "bad_statement"), "not the next": "conflict",
    }  # fmt: skip
    assert read(alice_shows, published.pk)["position"] == 0
    assert good["statement"] == said["statement"]
    for _ in range(2):  # an answer may be lost
        done = alice_shows.app.post(f"{API}/profile/arrange", {"items": [good]}, format="json")
        assert done.status_code == 204
    after = read(alice_shows, published.pk)
    assert (after["position"], after["statement"]) == (3, good["statement"])


def test_what_is_published_or_said_anew_names_where_it_stands(
    alice_shows: Person, copy: Copy
) -> None:
    elsewhere = publicity.publish_body(alice_shows, copy, **publicity.signed(
        alice_shows, copy, position=1
    ))  # fmt: skip
    assert publicity.put(alice_shows, copy, elsewhere).json()["code"] == "bad_statement"
    publicity.publish(alice_shows, copy)
    path = f"{path_of(copy.publication_id)}/statement"
    moved = publicity.signed(alice_shows, copy, number=2, position=1)

    assert alice_shows.app.post(path, moved, format="json").json()["code"] == "bad_statement"


def test_costs_do_not_grow_with_what_is_published(alice_shows: Person) -> None:
    app, costs = alice_shows.app, []
    for more in (1, 4):
        for _ in range(more):
            publicity.as_live(
                publicity.publish(alice_shows, Copy(image=store_image(alice_shows.account)))
            )
        ids = Publication.objects.values_list("pk", flat=True)
        items = [publicity.placed(alice_shows, pk, position=1) for pk in ids]
        asked: list[Callable[[], object]] = [
            lambda: app.get(f"{API}/publications"),
            lambda: app.get(f"{API}/profile"),
            lambda: app.get(f"{API}/exposures"),
            lambda items=items: app.post(
                f"{API}/profile/arrange", {"items": items}, format="json"
            ),
            lambda: app.post(
                f"{API}/publications/withdraw-all", {"keeps_number": True}, format="json"
            ),
        ]
        counts = []
        for ask in asked:
            with CaptureQueriesContext(connection) as queries:
                ask()
            counts.append(len(queries))
        costs.append(counts)

    assert not Publication.objects.exists()
    assert costs[0] == costs[1]


def test_pages_go_on_where_the_last_one_ended(
    alice_shows: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sharing.api.publication_documents.PAGE", 2)
    made = [
        str(publicity.publish(alice_shows, Copy(image=store_image(alice_shows.account))).pk)
        for _ in range(5)
    ]
    found, after = list[str](), ""
    while after is not None:
        page = alice_shows.app.get(f"{API}/publications", {"after": after}).json()
        found += [item["id"] for item in page["items"]]
        after = page["next"]

    assert found == sorted(made)
    assert alice_shows.app.get(f"{API}/publications", {"after": "x"}).status_code == 400


def rows_of(publication_id: UUID) -> int:
    return sum(
        model._default_manager.filter(publication=publication_id).count()
        for model in (
            PublicationEnvelope, PublicationBlob, Rendition, PublicationFeatures, WatermarkNumber,
        )
    )


@pytest.mark.parametrize("keeps_number", [True, False])
def test_nothing_of_a_withdrawn_publication_opens(
    alice_shows: Person, copy: Copy, published: Publication, *, keeps_number: bool
) -> None:
    publicity.as_live(published, **{"320_webp": b"small", "320_jpg": b"small too"})
    payload = number_of(published).payload
    PublicationFeatures.objects.create(publication=published, blob_key="fe/atures", bytes=0)
    blob_keys = {
        *Rendition.objects.values_list("blob_key", flat=True),
        *PublicationBlob.objects.values_list("blob_key", flat=True), "fe/atures",
    }
    picture = f"{path_of(published.pk)}/pictures/320.webp"
    assert alice_shows.app.get(picture).content == b"small"

    gone = publicity.withdraw(alice_shows, published.pk, keeps_number=keeps_number)

    assert gone.status_code == 204
    assert alice_shows.app.get(picture).status_code == 404
    assert alice_shows.app.get(path_of(published.pk)).status_code == 404
    assert not Publication.objects.exists()
    assert rows_of(published.pk) == 0
    assert set(DiscardedBlob.objects.values_list("blob_key", flat=True)) >= blob_keys
    assert Job.objects.filter(task="images.free_discarded_blobs").exists()
    kept = WatermarkNumber.objects.filter(payload=payload)
    assert kept.exists() is keeps_number
    if keeps_number:
        assert (kept.get().owner_id, kept.get().publication_id) == (alice_shows.pk, None)
        assert kept.get().withdrawn_at is not None
    assert SyncEntry.objects.get(object_id=published.pk).is_deleted
    assert publicity.withdraw(alice_shows, published.pk).status_code == 404


def test_a_late_request_does_not_bring_it_back(alice_shows: Person, copy: Copy) -> None:
    body = publicity.publish_body(alice_shows, copy)
    publicity.put(alice_shows, copy, body)
    publicity.withdraw(alice_shows, copy.publication_id)

    assert publicity.put(alice_shows, copy, body).status_code == 404
    assert not Publication.objects.exists()


def test_a_purged_photo_is_withdrawn_with_it(
    alice_shows: Person, copy: Copy, published: Publication
) -> None:
    other = publicity.publish(alice_shows, Copy(image=store_image(alice_shows.account)))

    purge_image(copy.image, actor=alice_shows.account)

    assert [*Publication.objects.all()] == [other]
    assert rows_of(published.pk) == 0
    assert SyncEntry.objects.get(object_id=published.pk).is_deleted


def test_what_is_in_the_recycle_bin_is_shown_to_nobody(
    alice_shows: Person, copy: Copy, published: Publication
) -> None:
    publicity.as_live(published)
    assert Publication.objects.shown().count() == 1
    [exposure] = alice_shows.app.get(f"{API}/exposures").json()["items"]
    assert (exposure["kind"], exposure["id"]) == ("everyone", str(published.pk))

    bin_images([copy.image.pk], actor=alice_shows.account, wait=timedelta(days=1))
    assert not Publication.objects.shown().exists()
    assert alice_shows.app.get(f"{API}/exposures").json()["items"] == []

    restore_images([copy.image.pk], actor=alice_shows.account)
    assert Publication.objects.shown().count() == 1


@pytest.mark.parametrize("change", [
    {"state": "rendered"}, {"withheld_at": timezone.now()},
])  # fmt: skip
def test_what_is_not_ready_or_withheld_is_shown_to_nobody(
    published: Publication, change: Json
) -> None:
    publicity.as_live(published)
    assert Publication.objects.shown().exists()

    Publication.objects.filter(pk=published.pk).update(**change)

    assert not Publication.objects.shown().exists()


def test_a_closed_profile_shows_nothing(alice_shows: Person, published: Publication) -> None:
    publicity.as_live(published)
    publicity.open_profile(alice_shows, is_open=False)

    assert not Publication.objects.shown().exists()


def test_ending_everything_withdraws_too(alice_shows: Person, published: Publication) -> None:
    assert alice_shows.app.post(f"{API}/exposures/end-all").status_code == 204

    assert not Publication.objects.exists()
    assert rows_of(published.pk) == 0


def test_the_owner_sees_the_picture_before_and_as_everyone(
    alice_shows: Person, stranger: Person, published: Publication
) -> None:
    path = f"{path_of(published.pk)}/pictures"
    assert alice_shows.app.get(f"{path}/320.webp").status_code == 404
    publicity.as_live(published, **{"320_webp": b"a picture"})

    answer = alice_shows.app.get(f"{path}/320.webp")

    assert (answer.content, answer["Content-Type"]) == (b"a picture", "image/webp")
    assert "no-store" in answer["Cache-Control"]
    assert alice_shows.app.get(f"{path}/320.jpg").status_code == 404
    assert alice_shows.app.get(f"{path}/320.png").status_code == 404
    assert alice_shows.app.get(f"{path}/{'9' * 30}.webp").status_code == 404
    assert stranger.app.get(f"{path}/320.webp").status_code == 404


def test_what_lies_sealed_is_of_no_use_elsewhere(
    alice_shows: Person, copy: Copy, published: Publication
) -> None:
    """A rendition put in another's place, or a key of another publication, opens nothing."""
    publicity.as_live(published, **{"320_webp": b"one"})
    other = publicity.as_live(
        publicity.publish(alice_shows, Copy(image=copy.image)), **{"320_webp": b"other"}
    )
    mine = Rendition.objects.get(publication=published)
    theirs = Rendition.objects.get(publication=other)
    key = theirs.blob_key
    theirs.delete()
    Rendition.objects.filter(pk=mine.pk).update(blob_key=key)

    answer = alice_shows.app.get(f"{path_of(published.pk)}/pictures/320.webp")

    assert answer.json()["code"] == "part_damaged"
    assert from_base64url(text(copy.key)) not in answer.content
