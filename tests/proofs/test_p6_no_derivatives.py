"""Proof P6: nothing is made of a photo without its owner's live, signed, written consent.

The product ships nothing that makes such pictures. Whatever would, needs a row in this table, and
the database itself refuses every row that no consent covers, on SQLite and on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.audit import AuditTag
from accounts.models import Account, AuditEvent
from images.actions.disposal import purge_images
from images.models import Image
from pocketvault.kernel import work
from pocketvault.kernel.custody import custodians
from rights.actions.consents import remove_uncovered
from rights.models import Consent, ConsentImage, SyntheticDerivative
from tests.images.making import store_image
from tests.rights import agreeing
from tests.sharing.signing_albums import Person, person

pytestmark = pytest.mark.django_db
MONTH = timedelta(days=30)


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


@pytest.fixture
def owner(alice: Account) -> Person:
    return person(alice)


@pytest.fixture
def image(alice: Account) -> Image:
    return store_image(alice)


@pytest.fixture
def consent(owner: Person, image: Image) -> Consent:
    return agreeing.given(owner, agreeing.signed(owner, agreeing.record(owner, [image.pk])))


def make(image: Image, consent: Consent) -> SyntheticDerivative:
    return SyntheticDerivative.objects.create(
        image=image, consent=consent, made_at=timezone.now()
    )


def old(consent: Consent, *, given: timedelta, lasts: timedelta) -> Consent:
    """The same agreement as if it had been given at another time, put in as a row."""
    at = timezone.now() - given
    images = list(consent.images.values_list("image_id", flat=True))
    other = Consent.objects.create(
        account_id=consent.account_id, text_version=consent.text_version,
        text_sha256=consent.text_sha256, typed_name=consent.typed_name, record=consent.record,
        signature=consent.signature, given_at=at, expires_at=at + lasts,
    )  # fmt: skip
    ConsentImage.objects.bulk_create([ConsentImage(consent=other, image_id=i) for i in images])
    return other


def refused(act: Callable[[], object]) -> None:
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        act()


def test_with_a_live_signed_consent_there_can_be_one(image: Image, consent: Consent) -> None:
    assert make(image, consent).pk


def test_without_any_consent_there_is_none(image: Image, consent: Consent) -> None:
    nobodys = Consent(pk=image.pk)
    refused(lambda: make(image, nobodys))


def test_a_consent_about_another_photo_is_none(
    alice: Account, image: Image, consent: Consent
) -> None:
    other = store_image(alice)
    refused(lambda: make(other, consent))


def test_a_consent_covers_no_photo_of_somebody_else(
    bob: Account, image: Image, consent: Consent
) -> None:
    his = store_image(bob)
    ConsentImage.objects.create(consent=consent, image_id=his.pk)
    refused(lambda: make(his, consent))


def test_an_expired_consent_is_none(image: Image, consent: Consent) -> None:
    refused(lambda: make(image, old(consent, given=3 * MONTH, lasts=MONTH)))


def test_a_consent_from_the_future_is_none(image: Image, consent: Consent) -> None:
    refused(lambda: make(image, old(consent, given=-MONTH, lasts=MONTH)))


def test_a_withdrawn_consent_is_none(owner: Person, image: Image, consent: Consent) -> None:
    assert owner.app.post(f"{agreeing.API}/{consent.pk}/withdraw").status_code == 204
    refused(lambda: make(image, consent))


@pytest.mark.parametrize("signature", [b"", b"\x01" * 64, b"\x01" * 66], ids=len)
def test_an_unsigned_consent_cannot_even_be_kept(consent: Consent, signature: bytes) -> None:
    consent.signature = signature
    refused(lambda: old(consent, given=timedelta(0), lasts=MONTH))


def test_no_consent_lasts_longer_than_twelve_months(consent: Consent) -> None:
    assert old(consent, given=MONTH, lasts=timedelta(days=365)).pk
    refused(lambda: old(consent, given=MONTH, lasts=timedelta(days=367)))
    refused(lambda: old(consent, given=MONTH, lasts=timedelta(0)))


def test_what_is_covered_cannot_be_moved_to_what_is_not(
    alice: Account, image: Image, consent: Consent
) -> None:
    made = make(image, consent)
    other = store_image(alice)
    rows = SyntheticDerivative.objects.filter(pk=made.pk)

    refused(lambda: rows.update(image=other))
    refused(lambda: rows.update(consent=old(consent, given=3 * MONTH, lasts=MONTH)))


def test_a_signed_consent_is_never_rewritten(consent: Consent) -> None:
    rows = Consent.objects.filter(pk=consent.pk)
    for change in (
        {"record": b"{}"}, {"signature": b"\x01" * 65}, {"text_sha256": b"x" * 32},
        {"expires_at": consent.expires_at + MONTH}, {"given_at": consent.given_at - MONTH},
    ):  # fmt: skip
        refused(lambda change=change: rows.update(**change))
    rows.update(withdrawn_at=timezone.now())
    refused(lambda: rows.update(withdrawn_at=None))


def test_nothing_is_left_without_what_it_stands_on(image: Image, consent: Consent) -> None:
    make(image, consent)

    refused(lambda: Consent.objects.filter(pk=consent.pk).update(withdrawn_at=timezone.now()))
    refused(lambda: ConsentImage.objects.filter(consent=consent).delete())
    refused(lambda: ConsentImage.objects.filter(consent=consent).update(image_id=consent.pk))
    refused(lambda: Consent.objects.filter(pk=consent.pk).delete())


def test_raw_sql_is_refused_as_well(image: Image, consent: Consent) -> None:
    expired = old(consent, given=3 * MONTH, lasts=MONTH)
    field = SyntheticDerivative._meta.get_field("image")
    values = [
        field.target_field.get_db_prep_value(each, connection)
        for each in (consent.pk, image.pk, expired.pk)
    ]

    def insert() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO rights_syntheticderivative (id, image_id, consent_id, made_at) "
                "VALUES (%s, %s, %s, %s)",
                [*values, timezone.now()],
            )

    refused(insert)


def test_withdrawing_removes_what_was_made(owner: Person, image: Image, consent: Consent) -> None:
    make(image, consent)

    for _ in range(2):
        assert owner.app.post(f"{agreeing.API}/{consent.pk}/withdraw").status_code == 204

    assert not SyntheticDerivative.objects.exists()
    events = AuditEvent.objects.filter(tag__startswith="consent:").order_by("pk")
    assert [event.tag for event in events] == [
        AuditTag.CONSENT_GIVEN, AuditTag.CONSENT_WITHDRAWN,
    ]


def test_what_was_made_goes_with_the_photo(alice: Account, image: Image, consent: Consent) -> None:
    make(image, consent)

    purge_images([image.pk], actor=alice)

    assert not SyntheticDerivative.objects.exists()
    assert not Image.objects.exists()


def test_what_was_made_goes_when_the_consent_ends(
    image: Image, consent: Consent, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(image, consent)
    assert remove_uncovered() == 0

    later = consent.expires_at + timedelta(seconds=1)
    monkeypatch.setattr("rights.actions.consents.timezone.now", lambda: later)

    assert remove_uncovered() == 1
    assert work.tasks()["rights.remove_uncovered"].every <= timedelta(hours=1)


def test_erasing_somebody_takes_their_consents(
    alice: Account, image: Image, consent: Consent
) -> None:
    make(image, consent)
    [rights] = [each for each in custodians() if each.app_label == "rights"]

    [kept] = [i for i in rights.export(alice.pk) if i.path == f"consents/{consent.pk}.json"]
    assert b"Alice Liddell" in b"".join(kept.read())
    rights.erase(alice.pk)

    assert not Consent.objects.exists()
    assert not ConsentImage.objects.exists()


def test_the_product_ships_nothing_that_makes_one() -> None:
    """No module of ours writes such a row: only tests do."""
    root = Path(__file__).resolve().parents[2]
    makers = [
        path
        for app in ("pocketvault", "accounts", "images", "sharing", "rights")
        for path in (root / app).rglob("*.py")
        if "migrations" not in path.parts
        and any(
            f"SyntheticDerivative{call}" in path.read_text(encoding="utf-8")
            for call in ("(image", ".objects.create", ".objects.bulk_create", ".objects.get_or")
        )
    ]
    assert makers == []
