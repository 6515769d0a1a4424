"""A restore brings back what was kept, and nothing that ended since."""

from __future__ import annotations

import io
import os
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import audit
from accounts.actions import keys, sessions
from accounts.audit import ENDINGS, AuditTag
from accounts.kdf import Kdf, salt_for
from accounts.models import Account, AccountSession, KeyBundle, Preferences
from images.actions.disposal import bin_images, purge_image, purge_images, restore_images
from images.models import Envelope, Image, Tombstone
from pocketvault.kernel import journal, rotation, standstill, work
from pocketvault.kernel.blobs import store
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.models import EpochKey, Job, Restoration
from rights.actions import backups, restoring
from rights.actions.replaying import REPLAYS
from rights.actions.restoring import resume
from rights.backup_errors import (
    JournalGapError,
    NotEmptyError,
    NothingToResumeError,
    ServiceRunningError,
)
from rights.backups.scratch import scratch_database
from rights.models import LogNode
from tests import factories
from tests.factories import auth_key_of, open_session
from tests.images.making import store_image
from tests.rights.made import made_database
from tests.rights.places import backed_up, own_places, restored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_places")]
__all__ = ["own_places"]


def test_every_kind_of_ending_can_be_done_again() -> None:
    assert set(REPLAYS) >= {tag.value for tag in ENDINGS}


def test_what_was_kept_comes_back_byte_for_byte(alice: Account) -> None:
    image = store_image(alice, b"ciphertext of a photo", thumbnail=b"small")
    before = {e.pk: e.open() for e in Envelope.objects.all()}
    rows = list(Image.objects.values())
    with restored(backed_up()) as outcome:
        assert list(Image.objects.values()) == rows
        assert {e.pk: e.open() for e in Envelope.objects.all()} == before
        assert Account.objects.get().email == alice.email
        assert not outcome.missing
        assert Restoration.objects.get().replayed_at is not None
        store_image(Account.objects.get())  # new rows are numbered behind the old ones
    assert Image.objects.get().pk == image.pk


def test_what_was_at_work_is_owed_at_once_by_nobody_else(alice: Account) -> None:
    """A row of somebody who worked while the backup was made keeps nobody waiting."""
    with transaction.atomic():
        work.enqueue_on_commit("images.prune_feed", key="held")
    held = Job.objects.get(key="held")
    in_ten_minutes = timezone.now() + work.LEASE
    Job.objects.update(state="running", leased_until=in_ten_minutes, fence=1)
    assert held.pk not in work.due_jobs()
    with restored(backed_up()):
        assert held.pk in work.due_jobs()


def test_photos_deleted_since_do_not_come_back_and_their_ids_stay_used(alice: Account) -> None:
    kept, gone = store_image(alice), store_image(alice)
    path = backed_up()
    later = store_image(alice)
    purge_images([gone.pk, later.pk], actor=alice)

    with restored(path) as outcome:
        assert outcome.replayed == 1
        assert [image.pk for image in Image.objects.all()] == [kept.pk]
        assert not Envelope.objects.exclude(image=kept).exists()
        assert {t.image_id for t in Tombstone.objects.all()} == {gone.pk, later.pk}


def test_without_the_journal_they_would(alice: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control switched off: so the test above can fail."""
    gone = store_image(alice)
    path = backed_up()
    monkeypatch.setattr(journal, "write", lambda *_, **__: None)
    purge_image(gone, actor=alice)
    with restored(path):
        assert Image.objects.filter(pk=gone.pk).exists()


def purge_and_roll_back(image: Image, actor: Account) -> None:
    """What is written down first, and then does not happen."""
    with transaction.atomic():
        purge_image(image, actor=actor)
        transaction.set_rollback(True)
    assert Image.objects.filter(pk=image.pk).exists()


def test_a_deletion_that_was_refused_is_not_done_again(alice: Account) -> None:
    """Rolled back: the intent stays, the sweep notes that nothing came of it."""
    image = store_image(alice)
    path = backed_up()
    purge_and_roll_back(image, alice)
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        backups.settle_journal()
    with restored(path):
        assert Image.objects.filter(pk=image.pk).exists()


def test_a_deletion_that_nobody_settled_counts_as_done(alice: Account) -> None:
    image = store_image(alice)
    path = backed_up()
    purge_and_roll_back(image, alice)
    with restored(path):
        assert not Image.objects.filter(pk=image.pk).exists()


def test_what_was_settled_stays_so_after_a_restore(alice: Account) -> None:
    """A database from before a deletion denies it; asked again, it must not be believed."""
    gone = store_image(alice)
    path = backed_up()
    purge_image(gone, actor=alice)
    with restored(path), time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        backups.settle_journal()
    with restored(path):
        assert not Image.objects.exists()


def test_the_bin_is_as_it_was(alice: Account) -> None:
    alice_preferences(alice, recycle_bin_days=3)
    put_away, taken_out = store_image(alice), store_image(alice)
    path = backed_up()
    bin_images([put_away.pk, taken_out.pk], actor=alice)
    restore_images([taken_out.pk], actor=alice)
    due = Image.objects.get(pk=put_away.pk).purge_at
    with restored(path):
        again = Image.objects.get(pk=put_away.pk)
        assert again.purge_at is not None
        assert abs(again.purge_at - due) < timedelta(minutes=1)
        assert Image.objects.get(pk=taken_out.pk).binned_at is None


def alice_preferences(alice: Account, **values: object) -> None:
    Preferences.objects.update_or_create(account=alice, defaults=values)


def test_an_old_password_does_not_come_back(alice: Account) -> None:
    path = backed_up()
    session = open_session(alice, step_up_until=sessions.fresh_step_up()).session
    new = auth_key_of("another password")
    bundle = keys.change_password(
        session, auth_key=new, kdf=Kdf(salt=salt_for(alice.email)),
        wrapped_account_key=b"w" * 61, generation=1,
    )
    with restored(path):
        account = Account.objects.get(pk=alice.pk)
        assert not account.check_password(to_base64url(auth_key_of(alice.email)))
        assert account.check_password(to_base64url(new))
        back = KeyBundle.objects.get(pk=alice.pk)
        assert back.generation == bundle.generation
        assert back.wraps().password == b"w" * 61
        assert not AccountSession.objects.filter(account=alice).exists()


def test_what_was_changed_before_the_backup_is_not_put_back(alice: Account) -> None:
    """The journal goes back further than the backup; an older copy of the keys must not win."""
    session = open_session(alice, step_up_until=sessions.fresh_step_up()).session
    for generation, wrap in ((1, b"a" * 61), (2, b"b" * 61)):
        keys.change_password(
            session, auth_key=auth_key_of(str(generation)), kdf=Kdf(salt=salt_for(alice.email)),
            wrapped_account_key=wrap, generation=generation,
        )
    with restored(backed_up()):
        assert KeyBundle.objects.get(pk=alice.pk).wraps().password == b"b" * 61
        assert Account.objects.get(pk=alice.pk).check_password(to_base64url(auth_key_of("2")))


def test_sessions_that_ended_stay_ended(alice: Account) -> None:
    ended, kept = open_session(alice).session, open_session(alice).session
    path = backed_up()
    sessions.end_session(ended.pk, actor=alice)
    with restored(path):
        assert [s.pk for s in AccountSession.objects.all()] == [kept.pk]


def test_an_account_that_was_erased_stays_erased(alice: Account, bob: Account) -> None:
    store_image(alice)
    store_image(bob)
    path = backed_up()
    audit.record(AuditTag.ACCOUNT_ERASED, actor=None, subject_id=alice.pk)
    with restored(path):
        assert not Account.objects.filter(pk=alice.pk).exists()
        assert Image.objects.get().owner_id == bob.pk


def test_a_missing_entry_stops_it_and_the_service_stays_closed(
    alice: Account, client: Client
) -> None:
    images = [store_image(alice) for _ in range(3)]
    path = backed_up()
    for image in images:
        purge_image(image, actor=alice)
    missing = journal.names_since(timezone.now())[1]
    content = b"".join(store().read(missing))
    store().discard(missing)

    with made_database():
        with pytest.raises(JournalGapError):
            restoring.restore(path)
        assert Restoration.objects.get().replayed_at is None
        assert_closed(client)

        store().put(missing, [content])
        outcome = resume()
        assert outcome.replayed == 3
        assert not Image.objects.exists()
        assert client.get("/terms").status_code == 200
        with pytest.raises(NothingToResumeError):
            resume()


def assert_closed(client: Client) -> None:
    standstill.forget()
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["checks"]["replay"] == "late"
    page = client.get("/")
    assert page.status_code == 503
    assert "being restored" in page.content.decode()
    problem = client.get("/api/v1/server")
    assert problem.status_code == 503
    assert problem.json()["code"] == "restoring"
    # And no worker does anything.
    job = Job.objects.create(task="images.purge_due_images", available_at=timezone.now())
    assert not work.run_job(job.pk)
    assert work.run_due_jobs() == 0
    work.tick()
    assert Job.objects.filter(pk=job.pk).exists()
    newest = EpochKey.objects.latest("number")
    rotation.keep_epochs_in_order(newest.made_at + timedelta(days=2))
    assert EpochKey.objects.latest("number").number == newest.number


def test_a_journal_cut_off_at_its_end_is_noticed_too(alice: Account) -> None:
    """The note of how far it went lies beside the backups."""
    image = store_image(alice)
    path = backed_up()
    purge_image(image, actor=alice)
    backups.settle_journal()
    for name in list(store().keys(journal.PREFIX)):
        store().discard(name)
    with pytest.raises(JournalGapError), restored(path):
        pass


def test_a_gap_is_accepted_only_by_whoever_types_it(
    alice: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    image = store_image(alice)
    other = store_image(alice)
    path = backed_up()
    purge_image(image, actor=alice)
    purge_image(other, actor=alice)
    store().discard(journal.names_since(timezone.now())[0])
    with made_database():
        with pytest.raises(SystemExit) as ended:
            call_command("restore", str(path))
        assert ended.value.code == 16
        assert "journal_gap" in capsys.readouterr().err

        monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
        with pytest.raises(Exception, match="Not accepted"):
            call_command("restore", "--resume", "--accept-gap")
        assert not standstill.is_clear()

        monkeypatch.setattr("sys.stdin", io.StringIO("let it come back\n"))
        call_command("restore", "--resume", "--accept-gap")
        assert Restoration.objects.get().gap_accepted
        assert [i.pk for i in Image.objects.all()] == [image.pk]


def test_it_refuses_while_the_service_runs(alice: Account, client: Client) -> None:
    path = backed_up()
    assert client.get("/terms").status_code == 200  # this process serves from here on
    keeper = standstill._take(1)  # what any process of the service holds
    try:
        with made_database(), pytest.raises(ServiceRunningError):
            restoring.restore(path)
    finally:
        os.close(keeper)


def test_a_database_that_is_empty_or_was_made_otherwise_gets_its_tables_anew(
    alice: Account,
) -> None:
    path = backed_up()
    with scratch_database():
        restoring.restore(path)
        assert [a.email for a in Account.objects.all()] == [alice.email]
    with made_database():
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE accounts_preferences")
            cursor.execute("DELETE FROM django_migrations WHERE name = '0011_reports'")
        restoring.restore(path)
        assert [a.email for a in Account.objects.all()] == [alice.email]
        assert not Preferences.objects.exists()


def test_a_database_with_people_in_it_is_replaced_only_when_told(alice: Account) -> None:
    path = backed_up()
    with made_database():
        restoring.restore(path)
        factories.make_account("carol@example.org")
        with pytest.raises(NotEmptyError):
            restoring.restore(path)
        assert Account.objects.filter(email="carol@example.org").exists()
        # What the log has cannot be deleted from it: its tables are made anew.
        LogNode.objects.create(level=1, number=7, hash=bytes(32))
        restoring.restore(path, replaces=True)
        assert [a.email for a in Account.objects.all()] == [alice.email]


def test_epochs_made_since_are_known_again_and_open(alice: Account) -> None:
    image, gone = store_image(alice), store_image(alice)
    path = backed_up()
    old = EpochKey.objects.latest("number")
    with time_machine.travel(old.made_at + timedelta(days=1), tick=False):
        rotation.keep_epochs_in_order()
        purge_image(gone, actor=alice)  # the entry lies under the newer epoch
        newest = EpochKey.objects.latest("number").number
        with restored(path):
            assert [i.pk for i in Image.objects.all()] == [image.pk]
            current = EpochKey.objects.get(retired_at=None)
            assert current.number == newest
            rotation.keep_epochs_in_order(timezone.now() + timedelta(hours=1))
            assert {e.epoch_number for e in Envelope.objects.all()} <= {newest, newest + 1}
            assert all(e.open() for e in Envelope.objects.all())


def test_blobs_that_are_missing_are_counted_and_named(alice: Account) -> None:
    image = store_image(alice, thumbnail=b"t")
    other = store_image(alice)
    path = backed_up()
    for part in image.parts.all():
        store().discard(part.blob_key)
    with restored(path) as outcome:
        assert outcome.missing == [str(image.pk)]
        assert outcome.missing_blobs == 2
        assert other.pk


def test_replaying_twice_changes_nothing_more(alice: Account) -> None:
    gone = store_image(alice)
    path = backed_up()
    purge_image(gone, actor=alice)
    with restored(path) as outcome:
        before = Account.objects.values().get()
        restoring.replay(outcome.made_at, accepts_gap=False, known=[])
        assert Account.objects.values().get() == before
        assert Tombstone.objects.count() == 1
