"""The document in which an account's devices keep the keys they have pinned."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from images.actions.feed import record_changes
from pocketvault.kernel.errors import ConflictError
from sharing.feed import SharedKind
from sharing.models import KnownKeys

NOTHING_YET = 0


def set_known_keys(number: int, document: bytes, *, actor: Account) -> None:
    """Replace the document, whose number goes up by one each time. Repeating is harmless.

    Raises `ConflictError` with the number it has, 0 before the first.
    """
    try:
        _set(number, document, actor)
    except IntegrityError:  # another device was the first
        _set(number, document, actor)


@transaction.atomic
def _set(number: int, document: bytes, actor: Account) -> None:
    known = KnownKeys.objects.select_for_update().filter(pk=actor.pk).first()
    if known is not None and (known.number, bytes(known.document)) == (number, document):
        return
    current = known.number if known else NOTHING_YET
    if number != current + 1:
        raise ConflictError(number=current)
    row = KnownKeys(account=actor, number=number, document=document)
    row.save(force_insert=known is None, force_update=known is not None)
    audit.record(AuditTag.KNOWN_KEYS_CHANGED, actor=actor, subject_id=actor.pk)
    record_changes(actor.pk, SharedKind.CONTACTS, [actor.pk])
