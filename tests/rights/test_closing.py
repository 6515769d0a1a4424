"""An account closes: at once or after some days, for good, and without a trace that leads back."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Account, AccountSession, AuditEvent, KeyBundle
from images.actions import disposal
from images.actions.albums import AlbumDraft, create_album
from images.models import Album, DiscardedBlob, Image, Upload
from pocketvault.kernel import clock, work
from pocketvault.kernel.blobs import store
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.journal import PREFIX
from pocketvault.kernel.models import EpochKey
from rights.actions import erasing
from rights.actions.closing import begin_due_closings
from rights.actions.erasing import erase_account, forget_old_closings, settle_closings
from rights.models import Backup, Closing, ClosingState, Deletion, HeldEnvelope, Receipt
from sharing.models import Grant, SharedAlbum
from tests.accounts import bodies
from tests.factories import app_of, browser_of, make_account, wrapped_key
from tests.images.conftest import own_store
from tests.images.making import sealed_record, store_image, upload
from tests.rights.test_deletions import DAY, break_store, live_through, mend_store
from tests.sharing.signing_groups import become_contacts, share_album

__all__ = ["own_store"]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("own_store", "own_epoch_keys"),
]
API = "/api/v1"


@pytest.fixture
def start() -> Iterator[datetime]:
    noon = datetime(2027, 3, 1, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False):
        EpochKey.objects.update(made_at=noon, retired_at=None)
        clock.is_believable()
        yield noon


def wish(days: int = 0) -> dict[str, object]:
    return {
        "closing_id": str(uuid7()),
        "secret": to_base64url(secrets.token_bytes(32)),
        "wait_days": days,
    }


def close(account: Account, days: int = 0) -> dict[str, object]:
    body = wish(days)
    answer = app_of(account).put(f"{API}/me/closing", body, format="json")
    assert answer.status_code == 202, answer.content
    return body


def follow(body: dict[str, object]) -> dict[str, object]:
    headers = {"HTTP_CLOSING_SECRET": body["secret"]}
    answer = APIClient().get(f"{API}/closings/{body['closing_id']}", **headers)
    assert answer.status_code == 200
    found: dict[str, object] = answer.json()
    return found


def letters() -> list[str]:
    work.run_due_jobs()
    return [letter.subject for letter in mail.outbox]


def rows_naming(account_id: UUID) -> dict[str, int]:
    """Every row of every table that has this id in a column of ids."""
    found = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            target = getattr(field, "target_field", field)
            if target.get_internal_type() == "UUIDField":
                rows = model._default_manager.filter(**{field.attname: account_id})
                if count := rows.count():
                    found[f"{model.__name__}.{field.attname}"] = count
    return found


def test_an_account_is_erased_with_everything_and_the_address_is_free_again(
    alice: Account, bob: Account, start: datetime
) -> None:
    become_contacts(alice, bob)
    share_album(alice, bob)
    for _ in range(3):
        store_image(alice, thumbnail=b"t" * 100)
    draft = AlbumDraft(wrapped_album_key=wrapped_key(), settings=sealed_record())
    create_album(uuid7(), draft, actor=alice)
    upload(alice, b"unfinished" * 10)
    account_id, email = alice.pk, alice.email

    body = close(alice)
    assert follow(body)["state"] == ClosingState.ERASING
    work.run_due_jobs()
    settle_closings()

    state = follow(body)
    assert state["state"] == ClosingState.ERASED
    assert state["images_erased"] == state["images_total"] == 3
    assert set(rows_naming(account_id)) <= {
        "Closing.account_id", "Tombstone.owner_id", "AuditEvent.subject_id",
        # Others check a signed history by it that nothing is missing.
        "HistoryEntry.author_id",
    }
    assert AuditEvent.objects.get(subject_id=account_id).tag == "account:erased"
    assert not DiscardedBlob.objects.exists()
    # Entries of the journal name acts by random numbers, sealed, and go after forty days.
    assert not [key for key in iter(store().keys()) if not key.startswith(PREFIX)]
    assert not Upload.objects.exists()
    again = make_account(email)
    assert again.pk != account_id


def test_the_person_hears_of_the_beginning_and_of_the_end(
    alice: Account, start: datetime
) -> None:
    body = close(alice)
    assert letters() == ["Your account is being erased"]
    settle_closings()

    assert letters() == ["Your account is being erased", "Your account is erased"]
    assert [letter.to for letter in mail.outbox] == [[alice.email]] * 2
    assert f"/closing#{body['closing_id']}.{body['secret']}" in mail.outbox[0].body
    assert Closing.objects.get().open() == b""


def test_from_the_wish_on_nobody_signs_in_and_the_answer_is_that_for_nobody(
    alice: Account, api: APIClient, start: datetime
) -> None:
    tablet, browser = app_of(alice), browser_of(alice)
    close(alice)

    assert tablet.get(f"{API}/me").status_code == 401
    assert browser.get(f"{API}/me").status_code == 401
    for path, body in (
        ("sign-in", bodies.sign_in), ("recovery/sign-in", bodies.recovery),
    ):  # fmt: skip
        hers = api.post(f"{API}/auth/{path}", body(alice.email), format="json")
        nobodys = api.post(f"{API}/auth/{path}", body("nobody@example.org"), format="json")
        assert hers.status_code == nobodys.status_code == 401
        assert hers.json() == nobodys.json()


def test_what_was_shared_ends_with_the_wish(
    alice: Account, bob: Account, start: datetime
) -> None:
    become_contacts(alice, bob)
    shared = share_album(alice, bob)
    assert app_of(bob).get(f"{API}/shared/albums/{shared.pk}").status_code == 200

    close(alice, days=14)

    assert app_of(bob).get(f"{API}/shared/albums/{shared.pk}").status_code == 404
    assert not Grant.objects.filter(shared_album=shared).exists()
    assert SharedAlbum.objects.filter(pk=shared.pk).exists()  # it is hers until the day


def test_days_to_think_are_waited_and_signing_in_keeps_the_account(
    alice: Account, start: datetime
) -> None:
    image = store_image(alice)
    session = app_of(alice)
    body = close(alice, days=14)
    assert session.get(f"{API}/me").status_code == 401
    assert follow(body)["state"] == ClosingState.WAITING
    app = app_of(alice)
    assert app.get(f"{API}/me/closing").json()["closing"]["starts_at"].startswith("2027-03-15")

    with time_machine.travel(start + timedelta(hours=24), tick=False):
        assert begin_due_closings() == 0
        fresh = app_of(alice)
        assert fresh.delete(f"{API}/me/closing").status_code == 204
        assert fresh.get(f"{API}/me/closing").json() == {"closing": None}
    for day in range(1, 16):
        with time_machine.travel(start + day * DAY, tick=False):
            begin_due_closings()

    assert Image.objects.filter(pk=image.pk).exists()
    assert letters() == ["Your account will be erased on 15 March 2027", "Your account stays"]


def test_when_the_days_are_over_it_goes(alice: Account, start: datetime) -> None:
    store_image(alice)
    body = close(alice, days=2)
    with time_machine.travel(start + DAY, tick=False):
        assert begin_due_closings() == 0
    with time_machine.travel(start + 2 * DAY, tick=False):
        assert begin_due_closings() == 1
        work.run_due_jobs()

    assert not Account.objects.filter(pk=alice.pk).exists()
    assert follow(body)["erased_at"] is not None


def test_a_wrong_clock_costs_no_account(alice: Account, start: datetime) -> None:
    close(alice, days=14)

    with time_machine.travel(start + 400 * DAY, tick=False):
        assert begin_due_closings() == 0
    assert Account.objects.get(pk=alice.pk).is_active


@pytest.mark.parametrize("method", ["put", "delete"])
def test_closing_and_keeping_ask_for_a_fresh_proof(
    alice: Account, method: str, start: datetime
) -> None:
    if method == "delete":
        close(alice, days=3)
    app = app_of(alice, has_stepped_up=False)

    answer = getattr(app, method)(f"{API}/me/closing", wish(), format="json")

    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")
    assert Account.objects.get(pk=alice.pk).is_active


def test_a_thief_of_the_mailbox_waits_for_seven_days_and_ends_nothing(
    alice: Account, bob: Account, api: APIClient, start: datetime
) -> None:
    become_contacts(alice, bob)
    shared = share_album(alice, bob)
    thief = bodies.with_token(bodies.reset(api, alice.email)["token"])
    AccountSession.objects.update(step_up_until=timezone.now() + timedelta(minutes=10))

    answer = thief.put(f"{API}/me/closing", wish(0), format="json")

    assert answer.status_code == 202
    assert answer.json()["starts_at"] == "2027-03-08T12:00:00Z"
    assert Grant.objects.filter(shared_album=shared).exists()
    assert Account.objects.get(pk=alice.pk).is_active
    # Nor can a thief take back what the owner wants.
    refused = thief.delete(f"{API}/me/closing")
    assert (refused.status_code, refused.json()["code"]) == (403, "vault_shut")


def test_the_same_wish_again_is_answered_the_same(alice: Account, start: datetime) -> None:
    body = close(alice, days=5)
    app = app_of(alice)

    again = app.put(f"{API}/me/closing", body, format="json")
    other = app.put(f"{API}/me/closing", wish(0), format="json")

    assert again.status_code == 202
    assert (other.status_code, other.json()["code"]) == (409, "already_closing")
    assert other.json()["starts_at"].startswith("2027-03-06")
    assert Closing.objects.count() == 1


def test_an_id_of_somebody_elses_closing_is_refused(
    alice: Account, mallory: Account, start: datetime
) -> None:
    body = close(alice, days=5)

    answer = app_of(mallory).put(f"{API}/me/closing", body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_closing")
    assert Account.objects.get(pk=mallory.pk).is_active


@pytest.mark.parametrize(
    "change",
    [{"wait_days": 15}, {"wait_days": -1}, {"secret": "short"}, {"closing_id": "x"},
     {"closing_id": "3b241101-e2bb-4255-8caf-4136c566a962"}],
    ids=["too long", "negative", "secret", "no id", "version 4"],
)  # fmt: skip
def test_a_wish_that_makes_no_sense_changes_nothing(
    alice: Account, change: dict[str, object], start: datetime
) -> None:
    answer = app_of(alice).put(f"{API}/me/closing", {**wish(), **change}, format="json")

    assert answer.status_code == 400
    assert not Closing.objects.exists()


@pytest.mark.parametrize("secret", ["", "AAAA", to_base64url(bytes(32)), "\u00e4"])
def test_without_the_secret_there_is_nothing(
    alice: Account, secret: str, start: datetime
) -> None:
    body = close(alice)

    header = secret.encode().decode("latin-1")
    answer = APIClient().get(
        f"{API}/closings/{body['closing_id']}", HTTP_CLOSING_SECRET=header
    )

    assert answer.status_code == 404


def test_each_batch_is_a_transaction_of_its_own(
    alice: Account, start: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("images.custody.BATCH_IMAGES", 4)
    for _ in range(10):
        store_image(alice)
    body = close(alice)
    sizes: list[int] = []
    really = disposal._delete

    def counting(images: list[Image]) -> None:
        sizes.append(len(images))
        really(images)

    monkeypatch.setattr(disposal, "_delete", counting)
    erase_account(UUID(str(body["closing_id"])))

    assert sizes == [4, 4, 2]
    assert not Account.objects.filter(pk=alice.pk).exists()


def test_what_takes_long_goes_on_in_another_job(
    alice: Account, start: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_image(alice)
    body = close(alice)
    monkeypatch.setattr(erasing, "TURN_SECONDS", -1.0)

    assert erase_account(UUID(str(body["closing_id"]))) is False
    assert Account.objects.filter(pk=alice.pk).exists()
    work.run_due_jobs()

    assert not Account.objects.filter(pk=alice.pk).exists()


def test_no_receipt_for_an_account_of_which_bytes_are_left(
    alice: Account, start: datetime
) -> None:
    key = store_image(alice).parts.get().blob_key
    body = close(alice)
    aside = break_store(key)
    work.run_due_jobs()
    settle_closings()
    assert follow(body)["state"] == ClosingState.REMOVING
    assert not Receipt.objects.exists()

    mend_store(aside, key)
    with time_machine.travel(start + timedelta(hours=2), tick=False):
        work.run_due_jobs()
        settle_closings()
    assert follow(body)["state"] == ClosingState.ERASED
    [receipt] = Receipt.objects.all()
    assert (receipt.kind, receipt.account_id) == ("account.erased", None)
    assert json.loads(receipt.body.open())["unreadable_by"] == "2027-03-23"


def test_the_last_receipt_comes_when_no_key_is_left(alice: Account, start: datetime) -> None:
    store_image(alice)
    body = close(alice)
    work.run_due_jobs()
    settle_closings()

    for day in range(1, 23):
        live_through(start + (day - 1) * DAY, 1)
        with time_machine.travel(start + day * DAY, tick=False):
            settle_closings()
            kinds = list(Receipt.objects.order_by("owed_at").values_list("kind", flat=True))
        assert ("deleted.final" in kinds) is (day == 22)

    assert follow(body)["state"] == ClosingState.COMPLETED
    promises = set(Receipt.objects.values_list("promise_id", flat=True))
    assert promises == {Closing.objects.get().promise_id}


def test_a_key_that_a_wrong_clock_dates_after_the_end_keeps_the_last_receipt_away(
    alice: Account, start: datetime
) -> None:
    """By its date it could open nothing of the account; by its number it may."""
    store_image(alice)
    body = close(alice)
    work.run_due_jobs()
    settle_closings()
    closing = Closing.objects.get()
    live_through(start, 1)
    keys = EpochKey.objects.order_by("number")
    keys.filter(number__lt=closing.last_epoch).update(destroyed_at=start)
    keys.filter(number=closing.last_epoch).update(made_at=start + timedelta(hours=1))
    Backup.objects.all().delete()

    with time_machine.travel(start + 2 * DAY, tick=False):
        settle_closings()
    assert follow(body)["state"] == ClosingState.ERASED

    keys.filter(number=closing.last_epoch).update(destroyed_at=start)
    with time_machine.travel(start + 2 * DAY, tick=False):
        settle_closings()
    assert follow(body)["state"] == ClosingState.COMPLETED


def test_held_photos_keep_only_the_last_receipt_away(alice: Account, start: datetime) -> None:
    image = store_image(alice)
    Image.objects.filter(pk=image.pk).update(is_held=True)
    body = close(alice)
    work.run_due_jobs()
    settle_closings()
    assert follow(body)["state"] == ClosingState.ERASED
    assert HeldEnvelope.objects.count() == 2

    live_through(start, 30)
    with time_machine.travel(start + 30 * DAY, tick=False):
        settle_closings()

    assert follow(body)["state"] == ClosingState.ERASED


def test_deletions_from_before_are_finished_without_a_name(
    alice: Account, start: datetime
) -> None:
    disposal.purge_image(store_image(alice), actor=alice)
    close(alice)
    work.run_due_jobs()

    [row] = Deletion.objects.all()
    assert row.account_id is None


def test_after_sixty_days_nobody_is_told_any_more(alice: Account, start: datetime) -> None:
    close(alice)
    work.run_due_jobs()
    settle_closings()
    live_through(start, 23)
    with time_machine.travel(start + 24 * DAY, tick=False):
        settle_closings()
    for day in range(25, 61):
        with time_machine.travel(start + day * DAY, tick=False):
            clock.is_believable()
            gone = forget_old_closings()

    assert gone == 1


def test_what_is_not_this_accounts_stays(alice: Account, bob: Account, start: datetime) -> None:
    image = store_image(bob)
    close(alice)
    work.run_due_jobs()

    assert Image.objects.get().pk == image.pk
    assert KeyBundle.objects.filter(account=bob).exists()
    assert Path(store().local_path(image.parts.get().blob_key) or "").exists()
    assert not Album.objects.filter(owner_id=alice.pk).exists()
