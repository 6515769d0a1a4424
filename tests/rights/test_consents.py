"""Agreeing to something: only what was shown, by whose key it is, about photos of theirs."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account
from images.models import Image
from pocketvault.kernel.fields import from_base64url, to_base64url
from pocketvault.kernel.ids import uuid7
from rights.models import Consent
from tests.images.making import store_image
from tests.rights import agreeing
from tests.rights.agreeing import moment, record, signed, spelled
from tests.sharing.signing_albums import Person, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


@pytest.fixture
def owner(alice: Account) -> Person:
    return person(alice)


@pytest.fixture
def image(alice: Account) -> Image:
    return store_image(alice)


def days(count: float) -> str:
    return moment(timezone.now() + timedelta(days=count))


OTHER = to_base64url(b"x" * 32)
BENT = {
    "another text": {"privacy_notice": {"version": "2026-11-27", "sha256": OTHER}},
    "an unknown text": {"privacy_notice": {"version": "2020-01-01", "sha256": "x"}},
    "no text": {"privacy_notice": {}},
    "another purpose": {"purposes": ["training"]},
    "two purposes": {"purposes": ["synthetic_derivative", "synthetic_derivative"]},
    "another controller": {"pii_controller": "https://elsewhere.example.org"},
    "another kind": {"kind": "withdrawal"},
    "no name": {"pii_principal_name": ""},
    "a name of spaces": {"pii_principal_name": "   "},
    "a name that turns": {"pii_principal_name": "Alice \u202e"},
    "a name too long": {"pii_principal_name": "a" * 121},
    "no photos": {"images": []},
    "photos that are none": {"images": ["everything"]},
    "photos as one": {"images": "all"},
    "no time": {"event_time": "now"},
    "a member more": {"extra": 1},
}  # fmt: skip


@pytest.mark.parametrize("bend", BENT)
def test_only_what_was_shown_can_be_agreed_to(owner: Person, image: Image, bend: str) -> None:
    answer = agreeing.give(owner, signed(owner, record(owner, [image.pk], **BENT[bend])))

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_consent")
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    ("event", "expiry"),
    [(0, 366), (0, 0), (0, -1), (-1, 30), (1, 30)],
)
def test_it_is_given_now_and_ends_within_twelve_months(
    owner: Person, image: Image, event: float, expiry: float
) -> None:
    times = {"event_time": days(event), "expiry_time": days(expiry)}

    answer = agreeing.give(owner, signed(owner, record(owner, [image.pk], **times)))

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_consent")


def test_a_year_is_the_longest(owner: Person, image: Image) -> None:
    times = {"event_time": days(0), "expiry_time": days(365)}

    answer = agreeing.give(owner, signed(owner, record(owner, [image.pk], **times)))

    assert answer.status_code == 201


def test_nobody_signs_for_another(owner: Person, image: Image, bob: Account) -> None:
    members = record(owner, [image.pk])
    forged = {**signed(person(bob), members), "id": members["record_id"]}
    replayed = {**signed(owner, members), "id": str(uuid7())}
    altered = {**signed(owner, members), "record": to_base64url(
        spelled({**members, "expiry_time": days(200)})
    )}  # fmt: skip
    loose = {**signed(owner, members), "record": to_base64url(json.dumps(members).encode())}

    for body in (forged, replayed, altered, loose):
        answer = agreeing.give(owner, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_consent")


def test_only_photos_of_ones_own_that_are_here(
    owner: Person, image: Image, bob: Account, alice: Account
) -> None:
    binned = store_image(alice)
    later = timezone.now() + timedelta(days=1)
    Image.objects.filter(pk=binned.pk).update(binned_at=timezone.now(), purge_at=later)
    for other in (store_image(bob).pk, uuid4(), binned.pk):
        answer = agreeing.give(owner, signed(owner, record(owner, [image.pk, other])))
        assert (answer.status_code, answer.json()["code"]) == (422, "consent_for_other_photos")


def test_the_same_twice_is_once_and_another_under_its_name_is_refused(
    owner: Person, image: Image
) -> None:
    members = record(owner, [image.pk])
    body = signed(owner, members)

    assert agreeing.give(owner, body).status_code == 201
    assert agreeing.give(owner, body).status_code == 200
    other = signed(owner, {**members, "pii_principal_name": "Somebody Else"})
    assert agreeing.give(owner, other).status_code == 409
    assert Consent.objects.count() == 1


def test_the_receipt_can_be_checked_without_us(owner: Person, image: Image) -> None:
    consent = agreeing.given(owner, signed(owner, record(owner, [image.pk])))

    answer = owner.app.get(f"{agreeing.API}/{consent.pk}/receipt")

    receipt = answer.json()
    assert "attachment" in answer["Content-Disposition"]
    key = Ed25519PublicKey.from_public_bytes(from_base64url(receipt["identity_key"]))
    signature, raw = from_base64url(receipt["signature"]), receipt["record_text"].encode()
    key.verify(signature[1:], receipt["context"].encode() + b"\0" + raw)
    assert json.loads(raw) == receipt["record"]
    assert receipt["record"]["images"] == [str(image.pk)]


def test_the_list_says_how_each_stands(owner: Person, image: Image) -> None:
    first = agreeing.given(owner, signed(owner, record(owner, [image.pk])))
    agreeing.given(owner, signed(owner, record(owner, [image.pk])))
    owner.app.post(f"{agreeing.API}/{first.pk}/withdraw")

    answer = owner.app.get(agreeing.API).json()

    assert {each["id"]: each["is_live"] for each in answer["items"]}[str(first.pk)] is False
    assert sorted(each["is_live"] for each in answer["items"]) == [False, True]
    assert {each["images"] for each in answer["items"]} == {1}
    assert "machine" in answer["text"]["text"]
