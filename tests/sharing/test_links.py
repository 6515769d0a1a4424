"""Share links, as their owner makes, changes and ends them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account, AuditEvent
from images.models import Album, SyncEntry
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.models import ClockWatch
from sharing.actions.links import remove_ended_links
from sharing.models import HistoryEntry, LinkKeyWrap, SharedAlbum, ShareLink, Visit
from tests.factories import app_of, wrapped_key
from tests.images.making import store_image
from tests.sharing.linking import (
    API,
    KDF,
    Sharing,
    knock,
    link_body,
    make_link,
    share_album,
    visitor_of,
)

pytestmark = pytest.mark.django_db
PROOF, OTHER = b"p" * 32, b"o" * 32


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


@pytest.fixture
def sharing(alice: Account) -> Sharing:
    return share_album(alice, store_image(alice, thumbnail=b"t" * 60))


def in_days(days: int) -> str:
    return (timezone.now() + timedelta(days=days)).isoformat()


def sweep() -> None:
    """By a clock that nobody saw step."""
    ClockWatch.objects.all().delete()
    remove_ended_links()


def revoke(sharing: Sharing, link: ShareLink, entry: dict[str, object]) -> int:
    path = f"{sharing.path}/{link.pk}/revoke"
    return int(sharing.app.post(path, {"entry": entry}, format="json").status_code)


def test_a_link_is_made_and_its_owner_sees_it_again(sharing: Sharing) -> None:
    link_id, body = uuid7(), link_body(sharing, PROOF, view_limit=5)

    made = sharing.app.put(f"{sharing.path}/{link_id}", body, format="json")
    [listed] = sharing.app.get(sharing.path).json()["items"]

    assert made.status_code == 201
    assert made.json() == listed
    assert listed["id"] == str(link_id)
    assert listed["wrapped_secret"] == body["wrapped_secret"]
    assert listed["wrapped_key"] == body["wrapped_key"]
    assert (listed["views"], listed["view_limit"], listed["has_password"]) == (0, 5, False)
    ends = ShareLink.objects.get().expires_at - timezone.now()
    assert timedelta(days=29, hours=23) < ends < timedelta(days=30)
    assert sharing.history.head_seq == 2
    assert SyncEntry.objects.filter(kind="shared-album", object_id=sharing.album_id).exists()
    assert AuditEvent.objects.filter(tag="link:made", subject_id=link_id).exists()


def test_a_lost_answer_is_asked_for_again(sharing: Sharing) -> None:
    path, body = f"{sharing.path}/{uuid7()}", link_body(sharing, PROOF)

    first, again = (sharing.app.put(path, body, format="json") for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert sharing.history.head_seq == 2


def test_what_is_kept_of_a_link_opens_nothing(sharing: Sharing) -> None:
    link = make_link(sharing, PROOF)
    wrap = LinkKeyWrap.objects.get()

    assert PROOF not in bytes(link.auth_digest) + bytes(link.sealed) + bytes(wrap.sealed)
    assert (len(link.open()), len(wrap.open())) == (2 * 61, 61)
    assert link.open() not in bytes(link.sealed)


def test_an_id_that_holds_another_link_is_refused(sharing: Sharing) -> None:
    link = make_link(sharing, PROOF)

    answer = sharing.app.put(
        f"{sharing.path}/{link.pk}", link_body(sharing, OTHER), format="json"
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"expires_at": "2020-01-01T00:00:00Z"}, "time_passed"),
        ({"wraps": [{"generation": 2, "wrapped_album_key": to_base64url(bytes(61))}]},
         "missing_wrap"),
        ({"wraps": [{"generation": each, "wrapped_album_key": to_base64url(bytes(61))}
                    for each in (1, 2)]}, "missing_wrap"),
        ({"wraps": []}, "invalid"),
        ({"wraps": [{"generation": 1, "wrapped_album_key": to_base64url(bytes(61))}] * 2},
         "invalid"),
        ({"kdf": {**KDF, "memory_kib": 8}}, "weak_parameters"),
        ({"kdf": {**KDF, "iterations": 4}}, "foreign_parameters"),
        ({"kdf": {**KDF, "scheme": 2}}, "unknown_scheme"),
        ({"auth_key": to_base64url(bytes(31))}, "invalid"),
        ({"view_limit": 0}, "invalid"),
        ({"view_limit": 2**40}, "invalid"),
        ({"can_download": None}, "invalid"),
        ({"expires_at": "soon"}, "invalid"),
    ],
)
def test_a_link_that_cannot_be_is_refused_and_nothing_is_left(
    sharing: Sharing, changes: dict[str, object], code: str
) -> None:
    body = {**link_body(sharing, PROOF), **changes}

    answer = sharing.app.put(f"{sharing.path}/{uuid7()}", body, format="json")

    assert answer.json()["code"] == code
    assert answer.status_code in (400, 422)
    assert not ShareLink.objects.exists()
    assert sharing.history.head_seq == 1


def test_a_link_needs_an_entry_that_fits(sharing: Sharing) -> None:
    entry = sharing.entry()
    forged = {**entry, "signature": to_base64url(b"\1" + bytes(64))}
    late = {**entry, "previous": to_base64url(bytes(32))}
    old = sharing.entry(generation=7)
    path = f"{sharing.path}/{uuid7()}"

    codes = [
        sharing.app.put(path, link_body(sharing, PROOF, entry=each), format="json").json()["code"]
        for each in (forged, late, old)
    ]

    assert codes == ["bad_entry", "history_moved", "stale_generation"]
    assert not ShareLink.objects.exists()


def test_a_link_made_after_a_rotation_brings_the_new_key(sharing: Sharing) -> None:
    Album.objects.filter(pk=sharing.album_id).update(generation=2)
    wraps = [
        {"generation": each, "wrapped_album_key": to_base64url(wrapped_key())} for each in (1, 2)
    ]

    link = make_link(sharing, PROOF, wraps=wraps, entry=sharing.entry(generation=2))

    assert [wrap.generation for wrap in link.wraps.order_by("generation")] == [1, 2]


def test_only_the_albums_owner_makes_links(sharing: Sharing, mallory: Account) -> None:
    body, mine = link_body(sharing, PROOF), app_of(mallory)

    hers = mine.put(f"{sharing.path}/{uuid7()}", body, format="json")
    nobodys = mine.put(f"{API}/shared/albums/{uuid7()}/links/{uuid7()}", body, format="json")

    assert hers.status_code == nobodys.status_code == 404
    assert hers.content == nobodys.content
    assert mine.get(sharing.path).status_code == 404


def test_an_id_that_is_no_version_7_is_refused(sharing: Sharing) -> None:
    path = f"{sharing.path}/11111111-1111-4111-8111-111111111111"

    answer = sharing.app.put(path, link_body(sharing, PROOF), format="json")

    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_id")


def test_limits_are_replaced(sharing: Sharing) -> None:
    link, ends = make_link(sharing, PROOF, view_limit=1), in_days(3)
    body = {"expires_at": ends, "view_limit": 9, "can_download": False}

    answer = sharing.app.put(f"{sharing.path}/{link.pk}/limits", body, format="json")

    assert answer.status_code == 200
    assert (answer.json()["view_limit"], answer.json()["can_download"]) == (9, False)
    link.refresh_from_db()
    assert timedelta(days=2) < link.expires_at - timezone.now() < timedelta(days=4)


def test_a_higher_limit_opens_what_was_used_up(sharing: Sharing) -> None:
    link = make_link(sharing, PROOF, view_limit=1)
    assert [knock(link, PROOF).status_code for _ in range(2)] == [201, 410]

    body = {"view_limit": 2, "can_download": True}
    sharing.app.put(f"{sharing.path}/{link.pk}/limits", body, format="json")

    assert [knock(link, PROOF).status_code for _ in range(2)] == [201, 410]


def test_what_ended_or_expired_is_not_brought_back(sharing: Sharing) -> None:
    revoked, expired = make_link(sharing, PROOF), make_link(sharing, PROOF)
    revoke(sharing, revoked, sharing.entry())
    ShareLink.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    body = {"expires_at": in_days(10), "can_download": True}

    answers = [
        sharing.app.put(f"{sharing.path}/{link.pk}/limits", body, format="json")
        for link in (revoked, expired)
    ]

    assert {(each.status_code, each.json()["code"]) for each in answers} == {(410, "link_ended")}


def test_a_revoked_link_ends_its_visits_at_once(sharing: Sharing) -> None:
    link = make_link(sharing, PROOF)
    visitor = visitor_of(link, PROOF)
    assert visitor.get(f"{API}/visits/album").status_code == 200

    assert revoke(sharing, link, sharing.entry()) == 204

    for path in ("album", "items", "history"):
        answer = visitor.get(f"{API}/visits/{path}")
        assert (answer.status_code, answer.json()["code"]) == (410, "link_ended")
    assert knock(link, PROOF).json()["code"] == "link_ended"
    assert not LinkKeyWrap.objects.exists()
    link.refresh_from_db()
    assert link.open() == b""
    listed = sharing.app.get(sharing.path).json()["items"][0]
    assert (listed["wrapped_secret"], listed["wrapped_key"]) == (None, None)


def test_whoever_had_a_revoked_link_has_a_key_that_is_due_to_be_replaced(
    sharing: Sharing,
) -> None:
    link = make_link(sharing, PROOF)
    assert SharedAlbum.objects.get().rotation_due_at is None

    revoke(sharing, link, sharing.entry())

    due = SharedAlbum.objects.get().rotation_due_at
    assert due is not None
    revoke(sharing, link, sharing.entry())
    assert SharedAlbum.objects.get().rotation_due_at == due


def test_revoking_again_changes_nothing(sharing: Sharing) -> None:
    link, entry = make_link(sharing, PROOF), sharing.entry()

    assert [revoke(sharing, link, entry) for _ in range(2)] == [204, 204]

    assert sharing.history.head_seq == 3
    assert AuditEvent.objects.filter(tag="link:ended").count() == 1


def test_a_link_that_ended_without_an_entry_is_signed_for_later(sharing: Sharing) -> None:
    link = make_link(sharing, PROOF)
    sharing.app.post(f"{API}/exposures/end-all")

    assert revoke(sharing, link, sharing.entry()) == 204

    assert HistoryEntry.objects.filter(history=sharing.album_id).count() == 3


def test_revoking_needs_a_signature(sharing: Sharing) -> None:
    link = make_link(sharing, PROOF)
    forged = {**sharing.entry(), "signature": to_base64url(b"\1" + bytes(64))}

    assert revoke(sharing, link, forged) == 422
    assert knock(link, PROOF).status_code == 201


def test_somebody_elses_link_is_not_there(sharing: Sharing, mallory: Account) -> None:
    link, mine = make_link(sharing, PROOF), app_of(mallory)
    entry = {"entry": sharing.entry()}
    limits = {"can_download": True}

    for path in (f"{sharing.path}/{link.pk}", f"{sharing.path}/{uuid7()}"):
        assert mine.put(f"{path}/limits", limits, format="json").status_code == 404
        assert mine.post(f"{path}/revoke", entry, format="json").status_code == 404
        assert mine.post(f"{path}/wake").status_code == 404


def test_links_stay_for_ninety_days_after_they_ended(sharing: Sharing) -> None:
    revoked, expired, standing = (
        make_link(sharing, PROOF, expires_at=in_days(days)) for days in (400, 1, 400)
    )
    revoke(sharing, revoked, sharing.entry())

    with time_machine.travel(timezone.now() + timedelta(days=90, hours=-1)):
        sweep()
        assert ShareLink.objects.count() == 3
        assert knock(revoked, PROOF).status_code == 410
    with time_machine.travel(timezone.now() + timedelta(days=90, hours=1)):
        sweep()
        assert {link.pk for link in ShareLink.objects.all()} == {expired.pk, standing.pk}
    with time_machine.travel(timezone.now() + timedelta(days=91, hours=1)):
        sweep()
        assert [link.pk for link in ShareLink.objects.all()] == [standing.pk]
        assert knock(revoked, PROOF).status_code == 404


def test_an_unbelievable_clock_forgets_no_link(
    sharing: Sharing, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = make_link(sharing, PROOF)
    monkeypatch.setattr("pocketvault.kernel.clock.is_believable", lambda *_: False)

    with time_machine.travel(timezone.now() + timedelta(days=400)):
        assert remove_ended_links() == 0

    assert ShareLink.objects.filter(pk=link.pk).exists()


def test_visits_are_forgotten_with_their_link(sharing: Sharing) -> None:
    link = make_link(sharing, PROOF)
    knock(link, PROOF)

    link.delete()

    assert not Visit.objects.exists()
