from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.actions.housekeeping import purge_expired, purge_old_events
from accounts.actions.mailing import tell_of_delayed_deletion
from accounts.audit import SECURITY_TAGS, AuditTag, record
from accounts.models import (
    Account,
    AccountSession,
    AuditEvent,
    EmailToken,
    OutgoingMail,
    PushSubscription,
    Role,
    SecondFactorChallenge,
    SignUp,
)
from pocketvault.kernel import custody, work
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.models import Job
from tests import factories
from tests.accounts import bodies
from tests.accounts.bodies import AUTH
from tests.accounts.test_passkeys import add
from tests.accounts.test_second_factors import turn_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def custodian():
    return next(c for c in custody.custodians() if c.app_label == "accounts")


def test_me_shows_address_storage_and_preferences(alice, settings):
    Account.objects.filter(pk=alice.pk).update(used_bytes=7, image_count=2)

    me = factories.app_of(alice).get("/api/v1/me").data

    assert me["quota"] == {"used_bytes": 7, "limit_bytes": settings.QUOTA_BYTES, "images": 2}
    assert me["preferences"]["theme"] == "system"
    assert me["preferences"]["recycle_bin_days"] == 0
    assert me["preferences"]["rights_licence"] == "All rights reserved"


def test_an_account_can_have_a_limit_of_its_own(alice):
    Account.objects.filter(pk=alice.pk).update(own_limit_bytes=5)

    assert factories.app_of(alice).get("/api/v1/me").data["quota"]["limit_bytes"] == 5


def test_preferences_change_one_at_a_time(alice):
    client = factories.app_of(alice)
    client.patch("/api/v1/me/preferences", {"theme": "dark"}, format="json")

    answer = client.patch("/api/v1/me/preferences", {"auto_lock_minutes": 5}, format="json")

    assert (answer.data["theme"], answer.data["auto_lock_minutes"]) == ("dark", 5)
    assert client.get("/api/v1/me").data["preferences"] == answer.data


@pytest.mark.parametrize(
    "changes",
    [
        {"theme": "pink"},
        {"auto_lock_minutes": -1},
        {"auto_lock_minutes": 1441},
        {"recycle_bin_days": 8},
        {"language": "../etc"},
        {"rights_creator": "x" * 121},
    ],
)
def test_preferences_outside_their_bounds_are_refused(alice, changes):
    answer = factories.app_of(alice).patch("/api/v1/me/preferences", changes, format="json")

    assert (answer.status_code, answer.data["code"]) == (400, "invalid")


def test_events_come_newest_first_in_pages_and_without_photos(alice, mallory):
    client = factories.app_of(alice)
    AuditEvent.objects.all().delete()
    for _ in range(60):
        record(AuditTag.STEPPED_UP, actor=alice, subject_id=alice.pk)
    record(AuditTag.IMAGE_STORED, actor=alice, subject_id=alice.pk)
    record(AuditTag.SIGNED_IN, actor=mallory, subject_id=mallory.pk)

    first = client.get("/api/v1/me/events").data
    second = client.get("/api/v1/me/events", {"cursor": first["cursor"]}).data

    ids = [e["id"] for e in first["items"] + second["items"]]
    assert len(ids) == 60
    assert ids == sorted(ids, reverse=True)
    assert second["cursor"] is None
    assert {e["tag"] for e in first["items"]} == {"session:stepped_up"}


@pytest.mark.parametrize("cursor", ["x", "-1", "1" * 30, "²"])
def test_a_made_up_cursor_is_refused_in_words(alice, cursor):
    answer = factories.app_of(alice).get("/api/v1/me/events", {"cursor": cursor})

    assert (answer.status_code, answer.data["code"]) == (400, "invalid")


def test_tags_are_short_and_only_photos_are_left_out():
    assert all(len(tag) <= 64 for tag in AuditTag)
    assert {t for t in AuditTag if t.value not in SECURITY_TAGS} == {
        # That a photo is shown at last is told as what its owner did to have it shown.
        *(t for t in AuditTag if t.value.startswith("image:")),
        AuditTag.PUBLICATION_LIVE,
    }


def test_events_are_kept_for_twelve_months(alice):
    record(AuditTag.SIGNED_IN, actor=alice, subject_id=alice.pk)
    record(AuditTag.SIGNED_OUT, actor=alice, subject_id=alice.pk)
    old = AuditEvent.objects.filter(tag="session:signed_in")
    old.update(at=timezone.now() - timedelta(days=366))

    purge_old_events()

    assert [e.tag for e in AuditEvent.objects.all()] == ["session:signed_out"]


def test_what_ran_out_is_dropped_and_the_rest_stays(alice, api):
    def make() -> None:
        api.post(f"{AUTH}/passkey/options", {}, format="json")
        api.post(f"{AUTH}/sign-up", bodies.sign_up("new@example.org"), format="json")
        api.post(f"{AUTH}/reset", {"email": alice.email}, format="json")
        work.run_due_jobs()

    make()
    past = timezone.now() - timedelta(seconds=1)
    for model in (SignUp, EmailToken, SecondFactorChallenge):
        model.objects.update(expires_at=past)
    make()

    purge_expired()

    assert [m.objects.count() for m in (SignUp, EmailToken, SecondFactorChallenge)] == [1, 1, 1]


def test_a_mail_that_cannot_be_sent_is_tried_again_and_says_nothing_about_whom(
    alice, api, settings, mailoutbox
):
    settings.EMAIL_BACKEND = "tests.accounts.test_account.BrokenBackend"
    api.post(f"{AUTH}/reset", {"email": alice.email}, format="json")
    work.run_due_jobs()
    job = Job.objects.get(task="accounts.send_mail")
    assert (job.state, job.attempts, job.last_error) == ("waiting", 1, "ConnectionRefusedError")
    assert OutgoingMail.objects.count() == 1
    assert "alice" not in json.dumps(job.arguments)

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Job.objects.update(available_at=timezone.now())
    work.run_due_jobs()

    assert [m.to for m in mailoutbox] == [[alice.email]]
    assert not OutgoingMail.objects.exists()


class BrokenBackend:
    def __init__(self, **kwargs: object) -> None:
        pass

    def send_messages(self, messages: object) -> int:
        raise ConnectionRefusedError


def test_sending_a_mail_twice_does_no_harm(alice, mailoutbox):
    tell_of_delayed_deletion(alice, count=3, due_on=date(2026, 12, 1))
    mail_id = str(OutgoingMail.objects.get().pk)

    for _ in range(2):
        work.tasks()["accounts.send_mail"].run(mail_id)

    [letter] = mailoutbox
    assert letter.subject == "A deletion in your vault waits until 1 December 2026"
    assert "delete 3 of your" in letter.body


def test_an_id_that_exists_is_never_written_over(alice):
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.create_user("mallory@example.org", "key", account_id=alice.pk)
    assert Account.objects.get(pk=alice.pk).email == "alice@example.org"


def test_an_account_is_never_named_by_its_address(alice):
    assert "@" not in f"{alice} {alice!r}"


def fill(account) -> None:
    """One of everything that accounts keep about a person."""
    client = factories.app_of(account)
    add(client, account)
    turn_on(client)
    browser = APIClient()
    asked = browser.post(
        f"{AUTH}/recovery/sign-in",
        bodies.recovery(account.email, **bodies.LAPTOP),
        format="json",
    )
    assert asked.status_code == 200
    client.put(f"{AUTH}/session/resume-key", {"key": bodies.key()}, format="json")
    client.patch("/api/v1/me/preferences", {"theme": "dark"}, format="json")
    client.get(f"{AUTH}/passkeys/unlock-options")
    client.post(f"{AUTH}/reset", {"email": account.email}, format="json")
    client.post(f"{AUTH}/sign-up", bodies.sign_up(account.email), format="json")
    batch = {"operations": [{"op": "restore", "id": str(uuid7())}]}
    client.post("/api/v1/images/batch", batch, format="json", HTTP_IDEMPOTENCY_KEY="one")
    factories.give_roles(account, Role.AUDITOR)
    be_woken(account)
    work.run_due_jobs()


def be_woken(account) -> None:
    now = timezone.now()
    session = AccountSession.objects.owned_by(account.pk).first()
    PushSubscription(
        session=session, service="push.example", urgency="low", subscribed_at=now, not_before=now
    ).seal(b"https://push.example/someone").save(force_insert=True)


def test_an_export_says_everything_and_gives_no_secret(alice, custodian):
    fill(alice)

    items = {item.path: b"".join(item.read()) for item in custodian.export(alice.pk)}

    assert set(items) == {
        "account/account.json",
        "account/devices.json",
        "account/events.json",
        "account/keys.json",
    }
    account = json.loads(items["account/account.json"])
    assert account["email"] == alice.email
    assert account["preferences"]["theme"] == "dark"
    assert json.loads(items["account/devices.json"])["passkeys"][0]["name"] == "Key ring"
    assert json.loads(items["account/events.json"])
    assert alice.password.encode() not in b"".join(items.values())
    assert "recovery_proof" not in json.loads(items["account/keys.json"])


@pytest.mark.parametrize(("kept", "sizes"), [(6, [3, 3]), (7, [3, 3, 1])])
def test_many_events_come_in_several_documents_and_none_is_missing(
    alice, bob, custodian, monkeypatch, kept, sizes
):
    for owner in (alice, bob):
        for _ in range(kept):
            record(AuditTag.SIGNED_OUT, actor=owner, subject_id=uuid7())
    monkeypatch.setattr("accounts.custody.BATCH_EVENTS", 3)
    expected = [str(e.subject_id) for e in AuditEvent.objects.concerning(alice.pk).order_by("pk")]
    assert len(expected) == kept

    items = {item.path: json.loads(b"".join(item.read())) for item in custodian.export(alice.pk)}
    names = [path for path in items if path.startswith("account/events")]

    numbered = ["account/events.json", "account/events-2.json", "account/events-3.json"]
    assert names == numbered[: len(sizes)]
    assert [len(items[name]) for name in names] == sizes
    assert [event["subject_id"] for name in names for event in items[name]] == expected


def test_erasing_leaves_nothing_of_one_person_and_everything_of_another(alice, bob, custodian):
    fill(alice)
    fill(bob)

    assert custodian.erase(alice.pk) > 10
    assert custodian.erase(alice.pk) == 0

    for keeping in custodian.keeps:
        if keeping.owner_path is None:
            continue
        rows = custody.apps.get_model("accounts", keeping.model)._default_manager
        assert not rows.filter(**{keeping.owner_path: alice.pk}).exists(), keeping.model
        if keeping.model != "SignUp":  # those carry an account id of their own
            assert rows.filter(**{keeping.owner_path: bob.pk}).exists(), keeping.model
    assert not SignUp.objects.filter(email=alice.email).exists()


def test_an_unknown_person_exports_nothing(custodian):
    assert list(custodian.export(uuid7())) == []


