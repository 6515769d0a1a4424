"""Doing a keyed request once, however often it is sent.

A request claims its key in a transaction of its own, so that a second one finds it running.
What it does and the answer are then written in one transaction: after a crash there are
both or neither, and a claim whose lease ran out without an answer did nothing. Whoever
takes such a claim over moves its fence, and the slow one before can no longer commit.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import Error, IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.errors import KeyReusedError, StillRunningError
from accounts.models import Account, KeptAnswer
from accounts.models.kept_answer import LIFETIME

# How long others wait for a request that says nothing: longer than any of them takes.
LEASE = timedelta(seconds=60)
# The oldest go first: whoever is repeating something does so long before so many others.
KEYS_PER_ACCOUNT = 5_000
MOST_UNRELEASED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedRequest:
    """A request as far as its repeat must be the same: 32 bytes each, and what it is about."""

    account: Account
    key_digest: bytes
    request_digest: bytes
    subject_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer's status, JSON body (None for none), and the headers that belong to it."""

    status: int
    body: object
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do what a key stands for, as long as the fence says so."""

    answer_id: UUID
    fence: int


# Claims of this process that did nothing, and could not be let go of: the database was away.
# Without this whoever repeats such a request would be told for as long as the lease that it runs.
_unreleased: deque[Claim] = deque(maxlen=MOST_UNRELEASED)


def claim_key(asked: KeyedRequest) -> Claim | Answer:
    """Claim the key, or return what was answered to it. Raises `KeyReusedError` for
    another request under the same key, and `StillRunningError` while the first one runs.
    """
    _release_late()
    now = timezone.now()
    fresh = KeptAnswer(
        account=asked.account,
        key_digest=asked.key_digest,
        request_digest=asked.request_digest,
        subject_id=asked.subject_id,
        leased_until=now + LEASE,
        made_at=now,
    ).seal(b"")
    _drop_old_answers(asked, now)
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError:
        return _repeat(asked, now)
    except Error:
        # Whether it was written is not known: the answer may be all that was lost.
        _unreleased.append(Claim(fresh.pk, fresh.fence))
        raise
    return Claim(fresh.pk, fresh.fence)


def _drop_old_answers(asked: KeyedRequest, now: datetime) -> None:
    """Forget this key when its day is over, and the oldest when there are too many."""
    mine = KeptAnswer.objects.filter(account=asked.account)
    mine.filter(key_digest=asked.key_digest, made_at__lte=now - LIFETIME).delete()
    newest_first = mine.order_by("-made_at").values_list("made_at", flat=True)
    too_old = newest_first[KEYS_PER_ACCOUNT - 1 : KEYS_PER_ACCOUNT].first()
    if too_old is not None:
        mine.filter(made_at__lte=too_old).delete()


def _repeat(asked: KeyedRequest, now: datetime) -> Claim | Answer:
    same = KeptAnswer.objects.filter(account=asked.account, key_digest=asked.key_digest)
    kept = same.first()
    if kept is None:
        raise StillRunningError(retry_after=1)  # it was refused this very moment: ask again
    if bytes(kept.request_digest) != asked.request_digest:
        raise KeyReusedError
    if kept.status is not None:
        return Answer(status=kept.status, **json.loads(kept.open()))
    taken = same.filter(fence=kept.fence, status=None, leased_until__lte=now)
    if not taken.update(fence=F("fence") + 1, leased_until=now + LEASE):
        raise StillRunningError(retry_after=1)
    return Claim(kept.pk, kept.fence + 1)


def keep_answer(claim: Claim, answer: Answer) -> None:
    """Write the answer down. Call it inside the transaction that does what is answered.

    Raises `StillRunningError` when somebody else took the claim over, so that nothing
    of that transaction stays.
    """
    held = KeptAnswer.objects.select_for_update().filter(
        pk=claim.answer_id, fence=claim.fence, status=None
    )
    kept = held.first()
    if kept is None:
        raise StillRunningError(retry_after=1)
    kept.status = answer.status
    kept.seal(json.dumps({"body": answer.body, "headers": answer.headers}).encode())
    kept.save(update_fields=["status", "sealed", "epoch_number"])


def release_key(claim: Claim) -> None:
    """Forget a claim that did nothing, so that the same key may try again.

    An answer that is kept stays: a commit can succeed although its caller heard of none.
    """
    try:
        KeptAnswer.objects.filter(pk=claim.answer_id, fence=claim.fence, status=None).delete()
    except Error:
        _unreleased.append(claim)
        raise


def _release_late() -> None:
    while _unreleased:
        with suppress(IndexError):  # another thread was quicker
            release_key(_unreleased.popleft())


def forget_answers_about(subject_ids: Iterable[UUID]) -> None:
    """Forget what was answered about these things; they are being deleted for good."""
    about = KeptAnswer.objects.filter(subject_id__in=list(subject_ids))
    about.exclude(status=None).delete()
