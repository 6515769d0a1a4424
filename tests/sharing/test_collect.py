"""Collecting: guests bring photos, see none, and use no more room than they were given."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.models import Account
from images import quota
from images.actions import uploading
from images.actions.freeing import free_discarded_blobs
from images.actions.uploading import create_upload, remove_expired_uploads
from images.models import Image, ImagePart, SyncEntry, Upload
from pocketvault.kernel import blobs
from pocketvault.kernel.fields import from_base64url, to_base64url
from pocketvault.kernel.ids import uuid7
from sharing.actions import dropping
from sharing.actions.dropping import remove_old_drops
from sharing.models import CollectLink, Drop, DropPart, GuestVisit
from tests.factories import app_of, wrapped_key
from tests.images.making import sealed_record, upload
from tests.sharing.linking import (
    API,
    KDF,
    OCTETS,
    TUS,
    bring,
    checksum,
    collect_body,
    drop_body,
    guest_of,
    knock,
    make_collect_link,
    part_body,
    send,
    uploaded,
)

pytestmark = pytest.mark.django_db
PROOF, WRONG = b"p" * 32, b"w" * 32
ORIGINAL, THUMBNAIL = b"original" * 100, b"thumb" * 10
WRAPPED = to_base64url(wrapped_key())


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


@pytest.fixture
def link(alice: Account) -> CollectLink:
    return make_collect_link(alice, PROOF)


@pytest.fixture
def guest(link: CollectLink) -> APIClient:
    return guest_of(link, PROOF)


@pytest.fixture
def app(alice: Account) -> APIClient:
    return app_of(alice)


def numbers(account: Account) -> tuple[int, int]:
    usage = quota.usage_of(account.pk)
    return usage.used_bytes, usage.reserved_bytes


def taken(link: CollectLink) -> tuple[int, int]:
    link.refresh_from_db()
    return link.bytes_taken, link.photos_taken


def dropped(guest: APIClient, drop_id: UUID | None = None) -> Drop:
    """A photo that a guest brought, with a thumbnail."""
    drop_id = drop_id or uuid7()
    body = drop_body(original=uploaded(guest, ORIGINAL), thumbnail=uploaded(guest, THUMBNAIL))
    assert bring(guest, body, drop_id).status_code == 201
    return Drop.objects.get(pk=drop_id)


def take_in(app: APIClient, shown: dict[str, object]) -> Response:
    """The ordinary commit, as the owner's device makes it of what the list shows."""
    body = {
        "parts": shown["parts"], "metadata": shown["metadata"],
        "wrapped_content_key": WRAPPED, "wrapped_record_key": WRAPPED,
    }
    return app.put(f"{API}/images/{shown['image_id']}", body, format="json")


def listed(app: APIClient) -> list[dict[str, object]]:
    found: list[dict[str, object]] = app.get(f"{API}/drops").json()["items"]
    return found


def code_of(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def at_once(count: int, act: Callable[[int], Response]) -> list[Response]:
    start, answers = threading.Barrier(count), list[Response]()

    def run(number: int) -> None:
        start.wait()
        answers.append(act(number))
        connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


# The link


def test_an_owner_makes_a_link_and_guests_see_whose_it_is(alice: Account, app: APIClient) -> None:
    link_id, body = uuid7(), collect_body(PROOF, kdf=KDF)

    made = app.put(f"{API}/collect-links/{link_id}", body, format="json")
    again = app.put(f"{API}/collect-links/{link_id}", body, format="json")
    asked = APIClient().get(f"{API}/collect-links/{link_id}").json()

    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json() == again.json() == app.get(f"{API}/collect-links").json()["items"][0]
    assert made.json()["name"] == body["name"]
    assert made.json()["wrapped_secret"] == body["wrapped_secret"]
    assert made.json()["wrapped_key"] == body["wrapped_key"]
    assert asked["kdf"] == KDF
    assert asked["owner"]["id"] == str(alice.pk)
    assert len(from_base64url(asked["owner"]["identity_public_key"])) == 32
    assert (asked["bytes_left"], asked["photos_left"]) == (10_000, 3)
    assert "name" not in asked
    assert SyncEntry.objects.get(account=alice).kind == "collect-link"


def test_its_name_is_told_to_those_who_prove_it(link: CollectLink) -> None:
    begun = knock(link, PROOF).json()

    assert from_base64url(begun["name"]) == bytes(link.name)


def test_a_guest_whose_browser_objects_to_more_may_look(link: CollectLink) -> None:
    """There is no account to which the signal could be written down."""
    answer = APIClient().get(f"{API}/collect-links/{link.pk}", headers={"Sec-GPC": "1"})

    assert answer.status_code == 200


def test_a_stale_sign_in_keeps_no_guest_out(link: CollectLink) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION="Bearer gone")

    assert client.get(f"{API}/collect-links/{link.pk}").status_code == 200
    assert client.put(f"{API}/collect-links/{link.pk}", {}, format="json").status_code == 401
    assert client.delete(f"{API}/collect-links/{link.pk}").status_code == 401


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"byte_limit": 0}, "invalid"),
        ({"byte_limit": 2**60}, "invalid"),
        ({"photo_limit": 0}, "invalid"),
        ({"name": ""}, "invalid"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "time_passed"),
        ({"kdf": {**KDF, "parallelism": 2}}, "foreign_parameters"),
    ],
)
def test_a_link_that_cannot_be_is_refused(
    app: APIClient, changes: dict[str, object], code: str
) -> None:
    body = collect_body(PROOF, **changes)

    answer = app.put(f"{API}/collect-links/{uuid7()}", body, format="json")

    assert answer.json()["code"] == code
    assert not CollectLink.objects.exists()


def test_an_id_that_is_taken_is_refused(
    app: APIClient, link: CollectLink, mallory: Account
) -> None:
    path, body = f"{API}/collect-links/{link.pk}", collect_body(WRONG)

    assert code_of(app.put(path, body, format="json")) == (409, "already_exists")
    assert app_of(mallory).put(path, body, format="json").status_code == 404


def test_limits_are_replaced_while_the_link_stands(app: APIClient, link: CollectLink) -> None:
    path = f"{API}/collect-links/{link.pk}"
    body = {"name": to_base64url(sealed_record()), "byte_limit": 5, "photo_limit": 9}

    changed = app.put(f"{path}/limits", body, format="json")
    app.delete(path)

    assert (changed.json()["byte_limit"], changed.json()["photo_limit"]) == (5, 9)
    assert code_of(app.put(f"{path}/limits", body, format="json")) == (410, "link_ended")


def test_an_ended_link_lets_nothing_through_and_keeps_what_came(
    app: APIClient, link: CollectLink, guest: APIClient
) -> None:
    drop, part = dropped(guest), uploaded(guest, b"more")

    for _ in range(2):
        assert app.delete(f"{API}/collect-links/{link.pk}").status_code == 204

    for answer in (
        send(guest, b"x"), bring(guest, drop_body(original=part)), knock(link, PROOF),
        APIClient().get(f"{API}/collect-links/{link.pk}"),
        guest.head(f"{API}/guest/uploads/{part['upload']}", **TUS),
    ):
        assert answer.status_code == 410
    assert [each["id"] for each in listed(app)] == [str(drop.pk)]
    assert take_in(app, listed(app)[0]).status_code == 201


def test_an_expired_link_lets_nothing_through(link: CollectLink, guest: APIClient) -> None:
    CollectLink.objects.update(expires_at=timezone.now())

    assert code_of(send(guest, b"x")) == code_of(knock(link, PROOF)) == (410, "link_ended")


def test_wrong_passwords_are_counted_as_for_share_links(
    link: CollectLink, app: APIClient
) -> None:
    anybody = APIClient()
    answers = [knock(link, WRONG, by=anybody, REMOTE_ADDR=f"10.0.{n}.1") for n in range(12)]
    CollectLink.objects.update(wrong_proofs=99, hour_began_at=None)
    before = SyncEntry.objects.get(kind="collect-link").seq
    knock(link, WRONG)

    assert SyncEntry.objects.get(kind="collect-link").seq > before
    assert [answer.status_code for answer in answers] == [403] * 10 + [429] * 2
    assert code_of(knock(link, PROOF)) == (423, "link_asleep")
    assert code_of(APIClient().get(f"{API}/collect-links/{link.pk}")) == (423, "link_asleep")
    assert app.post(f"{API}/collect-links/{link.pk}/wake").status_code == 204
    assert knock(link, PROOF).status_code == 201


def test_a_guests_visit_ends_after_an_hour(guest: APIClient) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
        assert code_of(send(guest, b"x")) == (401, "visit_ended")


# Bringing and taking in


def test_a_guest_brings_a_photo_and_the_owner_takes_it_in(
    alice: Account, app: APIClient, link: CollectLink, guest: APIClient
) -> None:
    drop, size = dropped(guest), len(ORIGINAL) + len(THUMBNAIL)
    [shown] = listed(app)
    assert shown["id"] == str(drop.pk)
    assert from_base64url(str(shown["payload"])) == bytes(drop.payload)
    assert numbers(alice) == (0, size)
    assert taken(link) == (size, 1)
    assert SyncEntry.objects.get(kind="drop").object_id == drop.pk

    answer = take_in(app, shown)

    assert answer.status_code == 201
    image = Image.objects.owned_by(alice).get()
    assert image.pk == drop.image_id
    assert listed(app) == []
    assert not Upload.objects.exists()
    assert numbers(alice) == (size, 0)
    assert taken(link) == (size, 1)
    assert SyncEntry.objects.get(kind="drop").is_deleted
    stored = app.get(f"{API}/images/{image.pk}/versions/1/original")
    assert b"".join(stored.streaming_content) == ORIGINAL
    assert take_in(app, shown).status_code == 200


def test_an_upload_that_was_cut_goes_on(guest: APIClient, app: APIClient) -> None:
    begun = guest.post(f"{API}/guest/uploads", HTTP_UPLOAD_LENGTH="10", **TUS)
    place = begun["Location"]

    def patch(offset: int, content: bytes) -> Response:
        return guest.patch(
            place, content, content_type=OCTETS, HTTP_UPLOAD_OFFSET=str(offset),
            HTTP_UPLOAD_CHECKSUM=checksum(content), **TUS,
        )  # fmt: skip

    assert begun.status_code == 201
    assert patch(0, b"01234").status_code == 204
    assert code_of(patch(0, b"01234")) == (409, "wrong_offset")
    assert guest.head(place, **TUS)["Upload-Offset"] == "5"
    assert patch(5, b"56789").status_code == 204

    part = part_body(place.rsplit("/", 1)[1], b"0123456789")
    assert bring(guest, drop_body(original=part)).status_code == 201
    assert len(listed(app)) == 1


def test_a_lost_answer_to_a_drop_is_asked_for_again(guest: APIClient, app: APIClient) -> None:
    drop_id, body = uuid7(), drop_body(original=uploaded(guest, ORIGINAL))

    answers = [bring(guest, body, drop_id) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert [answer.content for answer in answers] == [b"", b""]
    assert len(listed(app)) == 1
    other = {**body, "payload": to_base64url(bytes(1200))}
    assert code_of(bring(guest, other, drop_id)) == (409, "already_exists")


def test_who_takes_only_the_original_in_leaves_nothing_behind(
    alice: Account, app: APIClient, guest: APIClient
) -> None:
    dropped(guest)
    [shown] = listed(app)
    shown["parts"] = {"original": shown["parts"]["original"]}  # type: ignore[index]

    assert take_in(app, shown).status_code == 201
    remove_expired_uploads()

    assert listed(app) == []
    assert not Upload.objects.exists()
    assert numbers(alice) == (len(ORIGINAL), 0)


def test_a_drop_whose_commit_fails_still_waits(app: APIClient, guest: APIClient) -> None:
    dropped(guest)
    [shown] = listed(app)
    wrong = {**shown["parts"]["original"], "sha256": to_base64url(bytes(32))}  # type: ignore[index]

    assert take_in(app, {**shown, "parts": {"original": wrong}}).status_code == 422

    assert listed(app) == [shown]
    assert take_in(app, shown).status_code == 201


def test_a_refused_drop_frees_its_bytes(
    alice: Account, app: APIClient, link: CollectLink, guest: APIClient
) -> None:
    drop = dropped(guest)
    keys = list(Upload.objects.values_list("blob_key", flat=True))

    assert app.delete(f"{API}/drops/{drop.pk}").status_code == 204
    free_discarded_blobs()

    assert app.delete(f"{API}/drops/{drop.pk}").status_code == 404
    assert listed(app) == []
    assert numbers(alice) == (0, 0)
    assert taken(link) == (0, 0)
    assert not Upload.objects.exists()
    assert not any(blobs.store().exists(key) for key in keys)
    assert list(blobs.store().stages()) == []
    assert SyncEntry.objects.get(kind="drop").is_deleted


def test_a_crash_in_the_middle_of_a_refusal_is_swept_up(
    alice: Account, app: APIClient, link: CollectLink, guest: APIClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    drop = dropped(guest)

    def dies(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(dropping, "discard_upload", dies)
    with pytest.raises(RuntimeError):
        app.delete(f"{API}/drops/{drop.pk}")
    assert listed(app) == []
    remove_expired_uploads()

    assert numbers(alice) == (0, 0)
    assert taken(link) == (0, 0)
    assert not Upload.objects.exists()


@pytest.mark.parametrize("sweep", [remove_old_drops, remove_expired_uploads])
def test_what_nobody_takes_in_goes_after_thirty_days(
    alice: Account, app: APIClient, link: CollectLink, guest: APIClient,
    sweep: Callable[[], int],
) -> None:  # fmt: skip
    dropped(guest)

    with time_machine.travel(timezone.now() + timedelta(days=29, hours=23)):
        sweep()
        assert len(Drop.objects.all()) == 1
        assert Upload.objects.count() == 2
    with time_machine.travel(timezone.now() + timedelta(days=30, seconds=1)):
        sweep()

    assert not Drop.objects.exists()
    assert not DropPart.objects.exists()
    assert not Upload.objects.exists()
    assert numbers(alice) == (0, 0)
    assert taken(link) == (0, 0)


def test_what_was_never_dropped_goes_after_three_days(
    alice: Account, link: CollectLink, guest: APIClient
) -> None:
    uploaded(guest, ORIGINAL)

    with time_machine.travel(timezone.now() + uploading.KEEP + timedelta(seconds=1)):
        remove_expired_uploads()

    assert numbers(alice) == (0, 0)
    assert taken(link) == (0, 0)


def test_a_guest_gives_an_upload_up(alice: Account, link: CollectLink, guest: APIClient) -> None:
    part = uploaded(guest, ORIGINAL)

    assert guest.delete(f"{API}/guest/uploads/{part['upload']}", **TUS).status_code == 204

    assert numbers(alice) == (0, 0)
    assert taken(link) == (0, 0)


def test_a_list_of_drops_costs_the_same_queries_whatever_its_size(
    alice: Account, app: APIClient
) -> None:
    link = make_collect_link(alice, PROOF, photo_limit=50)
    guest, costs = guest_of(link, PROOF), []
    for more in (1, 4):
        for _ in range(more):
            dropped(guest)
        with CaptureQueriesContext(connection) as queries:
            listed(app)
        costs.append(len(queries))

    seen, cursor = [], ""
    while cursor is not None:
        page = app.get(f"{API}/drops", {"limit": 2, "cursor": cursor}).json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["cursor"]

    assert costs[0] == costs[1]
    assert seen == [str(pk) for pk in Drop.objects.order_by("made_at").values_list("pk", flat=True)]


# What a guest may not do


def test_a_guest_sees_nothing(guest: APIClient, link: CollectLink, alice: Account) -> None:
    drop = dropped(guest)
    [original, _] = drop.parts.order_by("-bytes")

    for path in ("drops", "images", "me", "collect-links", "exposures", "sync", "visits/album"):
        assert guest.get(f"{API}/{path}").status_code == 401
    assert guest.get(f"{API}/guest/drops/{drop.pk}").status_code == 405
    assert guest.get(f"{API}/guest/uploads", **TUS).status_code == 405
    assert guest.delete(f"{API}/drops/{drop.pk}").status_code == 401
    assert guest.post(f"{API}/uploads", HTTP_UPLOAD_LENGTH="1", **TUS).status_code == 401
    for way in (guest.head, guest.delete):
        assert way(f"{API}/guest/uploads/{original.upload_id}", **TUS).status_code == 404
    assert Upload.objects.filter(pk=original.upload_id).exists()


def test_what_was_dropped_can_be_made_neither_longer_nor_sooner_gone(
    guest: APIClient, app: APIClient
) -> None:
    """An empty PATCH at the end would otherwise shorten its thirty days to three."""
    drop = dropped(guest)
    ids = list(drop.parts.values_list("upload_id", flat=True))
    for upload_id in ids:
        for client, place in ((guest, "guest/uploads"), (app, "uploads")):
            answer = client.patch(
                f"{API}/{place}/{upload_id}", b"", content_type=OCTETS,
                HTTP_UPLOAD_OFFSET=str(Upload.objects.get(pk=upload_id).length),
                    CONTENT_LENGTH="0", **TUS,
            )  # fmt: skip
            assert answer.status_code == 404

    assert {each.expires_at for each in Upload.objects.all()} == {drop.expires_at}


def test_a_late_writer_cannot_take_a_dropped_upload_over(
    alice: Account, guest: APIClient, link: CollectLink
) -> None:
    """It read the row before the drop, and asks for the lease after it."""
    part = uploaded(guest, ORIGINAL)
    stale = Upload.objects.get(pk=part["upload"])
    assert bring(guest, drop_body(original=part)).status_code == 201

    same = Upload.objects.filter(pk=stale.pk, fence=stale.fence, offset=stale.offset)
    assert not same.exists()


def test_an_upload_that_is_being_written_to_is_not_dropped_yet(guest: APIClient) -> None:
    part = uploaded(guest, ORIGINAL)
    Upload.objects.update(leased_until=timezone.now() + timedelta(seconds=10))

    assert code_of(bring(guest, drop_body(original=part))) == (423, "upload_busy")


def test_bytes_beyond_the_links_limit_are_refused_before_they_are_sent(
    alice: Account, link: CollectLink, guest: APIClient
) -> None:
    uploaded(guest, b"x" * 9_000)

    announced = guest.post(f"{API}/guest/uploads", HTTP_UPLOAD_LENGTH="1001", **TUS)
    sent = send(guest, b"x" * 1001)
    fits = send(guest, b"x" * 1000)
    more = send(guest, b"x")

    assert code_of(announced) == code_of(sent) == code_of(more) == (413, "collect_limit")
    assert (announced.json()["bytes_left"], announced.json()["photos_left"]) == (1000, 3)
    assert fits.status_code == 201
    assert numbers(alice) == (0, 10_000)
    assert taken(link)[0] == 10_000


def test_bytes_beyond_the_owners_quota_are_refused(
    alice: Account, link: CollectLink, guest: APIClient
) -> None:
    alice.own_limit_bytes = 500
    alice.save()

    assert code_of(send(guest, b"x" * 501)) == (413, "quota_reached")
    assert taken(link) == (0, 0)
    assert send(guest, b"x" * 500).status_code == 201


def test_more_bytes_than_announced_are_refused(guest: APIClient, link: CollectLink) -> None:
    begun = guest.post(f"{API}/guest/uploads", HTTP_UPLOAD_LENGTH="3", **TUS)
    answer = guest.patch(
        begun["Location"], b"1234", content_type=OCTETS, HTTP_UPLOAD_OFFSET="0", **TUS
    )

    assert code_of(answer) == (413, "body_too_long")
    assert taken(link)[0] == 3


@pytest.mark.django_db(transaction=True)
def test_guests_at_the_same_moment_share_the_last_room(alice: Account) -> None:
    link = make_collect_link(alice, PROOF, byte_limit=1000)
    guests = [guest_of(link, PROOF) for _ in range(6)]

    answers = at_once(6, lambda number: send(guests[number], b"x" * 300))

    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [413] * 3
    assert taken(link)[0] == 900
    assert numbers(alice) == (0, 900)


@pytest.mark.django_db(transaction=True)
def test_guests_at_the_same_moment_share_the_last_photo(alice: Account) -> None:
    link = make_collect_link(alice, PROOF, photo_limit=1)
    guests = [guest_of(link, PROOF) for _ in range(4)]
    bodies = [drop_body(original=uploaded(guest, b"x" * 10)) for guest in guests]

    answers = at_once(4, lambda number: bring(guests[number], bodies[number]))

    assert sorted(answer.status_code for answer in answers) == [201, 413, 413, 413]
    assert Drop.objects.count() == taken(link)[1] == 1


@pytest.mark.django_db(transaction=True)
def test_one_drop_that_is_brought_twice_at_the_same_moment_is_one(alice: Account) -> None:
    link = make_collect_link(alice, PROOF)
    guest = guest_of(link, PROOF)
    body, drop_id = drop_body(original=uploaded(guest, b"x" * 10)), uuid7()

    answers = at_once(3, lambda _: bring(guest_again(guest), body, drop_id))

    assert {answer.status_code for answer in answers} <= {200, 201}
    assert taken(link)[1] == Drop.objects.count() == 1


def guest_again(guest: APIClient) -> APIClient:
    """The same guest on a connection of their own."""
    client = APIClient()
    client.credentials(**guest._credentials)
    return client


def test_a_photo_too_many_is_refused_and_its_uploads_stay(
    alice: Account, link: CollectLink, guest: APIClient
) -> None:
    CollectLink.objects.update(photo_limit=1)
    dropped(guest)
    part = uploaded(guest, b"second")

    refused = bring(guest, drop_body(original=part))

    assert code_of(refused) == (413, "collect_limit")
    assert refused.json()["photos_left"] == 0
    assert Drop.objects.count() == 1
    left = Upload.objects.get(pk=part["upload"])
    assert left.expires_at < timezone.now() + timedelta(days=4)


def test_a_drop_that_names_somebody_elses_uploads_is_refused(
    alice: Account, mallory: Account, guest: APIClient
) -> None:
    """The owner's own, another owner's, another link's, one that was dropped, and none."""
    other = make_collect_link(alice, PROOF)
    foreign = make_collect_link(mallory, PROOF)
    used = uploaded(guest, b"used")
    bring(guest, drop_body(original=used))
    parts = [
        part_body(str(upload(alice, b"mine").pk), b"mine"),
        part_body(str(upload(mallory, b"hers").pk), b"hers"),
        uploaded(guest_of(other, PROOF), b"other"),
        uploaded(guest_of(foreign, PROOF), b"foreign"),
        used,
        part_body(str(uuid7()), b"none"),
    ]

    answers = [bring(guest, drop_body(original=part)) for part in parts]
    mixed = bring(guest, drop_body(original=uploaded(guest, b"good"), preview=parts[0]))

    assert [answer.status_code for answer in answers] == [404] * 6
    assert len({answer.content for answer in answers}) == 1
    assert mixed.status_code == 404
    assert Drop.objects.count() == 1


def test_a_guest_cannot_touch_uploads_that_are_not_theirs(
    alice: Account, guest: APIClient
) -> None:
    other = make_collect_link(alice, PROOF)
    strangers = [
        str(create_upload(10, actor=alice).pk),
        uploaded(guest_of(other, PROOF), b"x")["upload"],
        str(uuid7()),
    ]

    for upload_id in strangers:
        place = f"{API}/guest/uploads/{upload_id}"
        patched = guest.patch(
            place, b"x", content_type=OCTETS, HTTP_UPLOAD_OFFSET="0", **TUS
        )
        assert patched.status_code == 404
        assert guest.head(place, **TUS).status_code == 404
        assert guest.delete(place, **TUS).status_code == 404
    assert Upload.objects.count() == 2


def test_an_owner_cannot_be_made_to_go_on_with_a_guests_upload(
    app: APIClient, guest: APIClient
) -> None:
    part = uploaded(guest, b"x")

    assert app.head(f"{API}/uploads/{part['upload']}", **TUS).status_code == 404
    assert app.delete(f"{API}/uploads/{part['upload']}", **TUS).status_code == 404


def test_somebody_elses_drop_is_not_there(guest: APIClient, mallory: Account) -> None:
    drop, mine = dropped(guest), app_of(mallory)

    hers = mine.delete(f"{API}/drops/{drop.pk}")
    nobodys = mine.delete(f"{API}/drops/{uuid7()}")

    assert hers.status_code == nobodys.status_code == 404
    assert hers.content == nobodys.content
    assert listed(mine) == []
    shown = listed(app_of(drop.owner))[0]
    assert take_in(mine, shown).status_code == 404
    assert Drop.objects.exists()


def test_a_drop_id_of_another_link_is_not_there(alice: Account, guest: APIClient) -> None:
    drop = dropped(guest)
    stranger = guest_of(make_collect_link(alice, PROOF), PROOF)

    answer = bring(stranger, drop_body(original=uploaded(stranger, b"x")), drop.pk)

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"image_id": "11111111-1111-4111-8111-111111111111"}, "invalid"),
        ({"image_id": "x"}, "invalid"),
        ({"payload": to_base64url(bytes(1137))}, "invalid"),
        ({"payload": to_base64url(bytes(4097))}, "invalid"),
        ({"metadata": ""}, "invalid"),
        ({"parts": {}}, "invalid"),
        ({"parts": None}, "invalid"),
    ],
)
def test_a_drop_that_cannot_be_is_refused(
    guest: APIClient, changes: dict[str, object], code: str
) -> None:
    body = {**drop_body(original=uploaded(guest, b"x")), **changes}

    assert code_of(bring(guest, body)) == (400, code)
    assert not Drop.objects.exists()


def test_an_upload_that_has_not_arrived_is_not_dropped(guest: APIClient) -> None:
    begun = guest.post(f"{API}/guest/uploads", HTTP_UPLOAD_LENGTH="5", **TUS)
    part = part_body(begun["Location"].rsplit("/", 1)[1], b"12345")

    assert code_of(bring(guest, drop_body(original=part))) == (409, "upload_incomplete")


def test_guests_use_up_none_of_their_hosts_open_uploads(
    alice: Account, app: APIClient, guest: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("images.actions.uploading", "sharing.actions.collecting"):
        monkeypatch.setattr(f"{module}.OPEN_UPLOADS_LIMIT", 3)
    for _ in range(3):
        assert send(guest, b"x").status_code == 201

    assert code_of(send(guest, b"x")) == (429, "too_many_uploads")
    assert app.post(f"{API}/uploads", HTTP_UPLOAD_LENGTH="1", **TUS).status_code == 201
    part = part_body(str(Upload.objects.filter(guest_id__isnull=False)[0].pk), b"x")
    assert bring(guest, drop_body(original=part)).status_code == 201
    assert send(guest, b"x").status_code == 201


def test_headers_are_refused_as_everywhere(guest: APIClient) -> None:
    place = f"{API}/guest/uploads"
    named = {"HTTP_UPLOAD_METADATA": "filename " + "aG9saWRheQ=="}

    assert code_of(guest.post(place, HTTP_UPLOAD_LENGTH="1")) == (412, "tus_version")
    assert code_of(guest.post(place, **TUS)) == (400, "upload_header")
    assert code_of(guest.post(place, HTTP_UPLOAD_LENGTH="1", **named, **TUS))[0] == 400
    assert guest.options(place)["Tus-Version"] == "1.0.0"


def test_deleting_the_image_afterwards_leaves_nothing(app: APIClient, guest: APIClient) -> None:
    dropped(guest)
    shown = listed(app)[0]
    take_in(app, shown)

    assert app.delete(f"{API}/images/{shown['image_id']}").status_code == 204
    assert not ImagePart.objects.exists()
    assert not GuestVisit.objects.filter(link=None).exists()
