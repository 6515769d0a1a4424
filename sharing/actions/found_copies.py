"""Copies that somebody asks about: taken in, asked after, and forgotten.

The copy lies in the store as ciphertext for as long as a worker needs it, and is opened in memory
alone. Nothing here decodes anything, so a web process stays small.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from images.actions.passing import announce_passing, give_up_passing
from images.delivery import read_whole
from images.errors import PartLostError
from pocketvault.kernel import blobs
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.purposes import PUBLISH_IMAGES
from pocketvault.kernel.work import enqueue_on_commit
from sharing.actions.withdrawing import discard_blobs
from sharing.models import FoundCopy, TraceStep
from sharing.models.tracing import KEY_BYTES
from sharing.publishing.framing import Message, packed, unpacked
from sharing.publishing.streams import BrokenStreamError, open_stream, seal_stream

# A job takes seconds. The answer waits a while for whoever asked.
KEPT_FOR = timedelta(minutes=15)
COPY, OUTCOME = "found-copy", "outcome"
Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trace came to: a document, and for staff the copy with its altered parts framed
    (PNG; empty where there is none).
    """

    document: Document
    annotated: bytes


def ask_about_copy(copy: bytes, *, actor: Account, sees_all: bool = False) -> FoundCopy:
    """Take a found copy in, and owe its trace. ``sees_all``: among everybody's publications.

    Its blob is announced before it is made: killed here, we leave nothing that stays.
    """
    found = FoundCopy(
        actor=actor, sees_all=sees_all, copy_blob=blobs.new_blob_key(),
        made_at=timezone.now(), expires_at=timezone.now() + KEPT_FOR,
    )  # fmt: skip
    key = secrets.token_bytes(KEY_BYTES)
    announce_passing([found.copy_blob], actor=actor)
    blobs.store().put(found.copy_blob, [_sealed(found, copy, COPY, key)])
    with transaction.atomic():
        found.seal(key).save(force_insert=True)
        enqueue_on_commit("sharing.trace_found_copy", str(found.pk))
    return found


def found_copy_of(actor: Account, found_copy_id: UUID, *, sees_all: bool) -> FoundCopy:
    """One that this account asked about. Raises `NotFoundError`, also once its time is over."""
    rows = FoundCopy.objects.filter(
        pk=found_copy_id, actor=actor, sees_all=sees_all, expires_at__gt=timezone.now()
    )
    found = rows.first()
    if found is None:
        raise NotFoundError
    return found


def copy_of(found: FoundCopy) -> bytes:
    """The copy itself. Raises `PartLostError` once it is gone."""
    return _opened(found, found.copy_blob, COPY)


def outcome_of(found: FoundCopy) -> Outcome | None:
    """What it came to, as long as that is kept; None while nobody knows."""
    if found.step != TraceStep.DONE or found.blob_key is None:
        return None
    message = unpacked(_opened(found, found.blob_key, OUTCOME))
    document, annotated = message.parts
    return Outcome(json.loads(document), annotated)


def note_step(found: FoundCopy, step: TraceStep) -> None:
    """Say how far it has come, to whoever waits."""
    FoundCopy.objects.filter(pk=found.pk, blob_key=None).update(step=step)


def note_outcome(found: FoundCopy, outcome: Outcome, *, subject_id: UUID) -> None:
    """Keep what a trace came to, note in the trail that there was one, and let the copy go.
    Nothing changes if another worker did so before, or it was forgotten meanwhile.
    """
    parts = (json.dumps(outcome.document, cls=DjangoJSONEncoder).encode(), outcome.annotated)
    blob_key = blobs.new_blob_key()
    sealed = _sealed(found, packed(Message({}, parts)), OUTCOME, found.open())
    blobs.store().put(blob_key, [sealed])
    with transaction.atomic():
        open_ones = FoundCopy.objects.filter(pk=found.pk, blob_key=None)
        if open_ones.update(step=TraceStep.DONE, blob_key=blob_key):
            audit.record(AuditTag.COPY_TRACED, actor=found.actor, subject_id=subject_id)
        else:
            discard_blobs([blob_key])
        give_up_passing([found.copy_blob])


def note_refusal(found: FoundCopy, code: str) -> None:
    """It cannot be traced; ``code`` says why. The copy goes."""
    with transaction.atomic():
        open_ones = FoundCopy.objects.filter(pk=found.pk, blob_key=None)
        open_ones.update(step=TraceStep.REFUSED, refusal=code)
        give_up_passing([found.copy_blob])


def forget_found_copies() -> int:
    """Forget those whose time is over; return how many."""
    over = FoundCopy.objects.filter(expires_at__lte=timezone.now())
    return _forget(list(over.values_list("pk", flat=True)))


def forget_found_copies_of(account_id: UUID) -> int:
    """Forget everything that an account which is leaving asked about."""
    return _forget(list(FoundCopy.objects.filter(actor=account_id).values_list("pk", flat=True)))


@transaction.atomic
def _forget(ids: list[UUID]) -> int:
    rows = list(FoundCopy.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    give_up_passing([row.copy_blob for row in rows])
    discard_blobs([row.blob_key for row in rows if row.blob_key is not None])
    FoundCopy.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _sealed(found: FoundCopy, data: bytes, part: str, key: bytes) -> bytes:
    return seal_stream(data, key, owner=found.actor_id, publication=found.pk, part=part)


def _opened(found: FoundCopy, blob_key: str, part: str) -> bytes:
    sealed = read_whole(blob_key, purpose=PUBLISH_IMAGES)
    try:
        return open_stream(
            sealed, found.open(), owner=found.actor_id, publication=found.pk, part=part
        )
    except BrokenStreamError as error:
        raise PartLostError from error
