"""Everybody is written to about a change, some hundred at a time, whatever dies in between."""

from __future__ import annotations

import pytest
from django.core import mail

from accounts.models import Account
from pocketvault.kernel import work
from pocketvault.kernel.models import Job
from rights.actions import notices
from rights.actions.processors import announce_processor
from rights.models import Notice
from tests.factories import make_account
from tests.proofs.test_p14_processors import draft

pytestmark = pytest.mark.django_db
BATCH, PEOPLE = 2, 5


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> list[Account]:
    monkeypatch.setattr(notices, "BATCH", BATCH)
    return [make_account(f"someone-{number}@example.org") for number in range(PEOPLE)]


def told() -> list[str]:
    work.run_due_jobs()
    return sorted(address for letter in mail.outbox for address in letter.to)


def test_a_notice_whose_job_was_given_up_is_owed_again(people: list[Account]) -> None:
    announce_processor(draft())
    notices._tell_some(Notice.objects.get().pk)
    Job.objects.filter(task=notices.TASK).delete()
    assert len(told()) == BATCH

    assert notices.owe_unfinished_notices() == 1

    assert told() == sorted(each.email for each in people)
    assert notices.owe_unfinished_notices() == 0


def test_whoever_closed_their_account_is_written_to_no_more(people: list[Account]) -> None:
    gone, *others = people
    Account.objects.filter(pk=gone.pk).update(is_active=False)

    announce_processor(draft())

    assert told() == sorted(each.email for each in others)


def test_a_batch_that_is_not_told_whole_is_not_told_at_all(
    people: list[Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between two of its mails: nobody is told twice afterwards, and nobody left out."""
    announce_processor(draft())
    asked: list[str] = []
    queue = notices.queue_mail

    def dies_at_the_second(kind: str, *, email: str, **context: object) -> None:
        asked.append(email)
        if len(asked) == BATCH:
            raise SystemExit
        queue(kind, email=email, **context)

    notice = Notice.objects.get()
    with monkeypatch.context() as first:
        first.setattr(notices, "queue_mail", dies_at_the_second)
        with pytest.raises(SystemExit):
            notices._tell_some(notice.pk)
    assert Notice.objects.get().told_count == 0

    assert told() == sorted(each.email for each in people)
