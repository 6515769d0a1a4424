"""What stands where on a profile, as its owner signed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from accounts.models import Account
from images.actions.feed import record_changes
from pocketvault.kernel.errors import NotFoundError
from sharing.actions.publishing import insist_on_albums, insist_on_next
from sharing.actions.withdrawing import lock_profile
from sharing.feed import SharedKind
from sharing.models import Publication
from sharing.publication_errors import BadStatementError
from sharing.publication_statements import SaidPlace, Signer, Statement, read_statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a publication stands on its profile. ``statement`` and ``signature`` say so, and
    nothing else that was not said before.
    """

    publication_id: UUID
    album_id: UUID | None
    position: int
    statement: bytes
    signature: bytes


@transaction.atomic
def arrange(places: Sequence[Place], *, actor: Account) -> None:
    """Put publications where they belong, all or none, in a constant number of queries.
    Repeating it is harmless.

    Raises `NotFoundError` if any of them, or of the albums, is not the actor's,
    `BadStatementError`, and `ConflictError` with the number there is of one of them.
    """
    signer = Signer.of(actor.pk)
    said = {place.publication_id: _said(place, signer) for place in places}
    lock_profile(actor.pk)
    insist_on_albums({place.album_id for place in places}, actor)
    own = Publication.objects.owned_by(actor).select_for_update().order_by("pk")
    wanted = {place.publication_id: place for place in places}
    rows = list(own.filter(pk__in=list(wanted)).only("pk", *_WRITTEN))
    if len(rows) != len(wanted):
        raise NotFoundError
    for row in rows:
        _put(row, wanted[row.pk], said[row.pk])
    Publication.objects.bulk_update(rows, _WRITTEN)
    record_changes(actor.pk, SharedKind.PUBLICATION, [row.pk for row in rows])


_WRITTEN = ("album", "position", "statement", "signature")


def _said(place: Place, signer: Signer) -> Statement:
    """What was signed, which has to be where it goes."""
    said = signer.read(place.statement, place.signature, publication_id=place.publication_id)
    if said.place != SaidPlace(place.album_id, place.position):
        raise BadStatementError
    return said


def _put(row: Publication, place: Place, said: Statement) -> None:
    """Words are changed by another door, which labels the pictures anew."""
    stored = bytes(row.statement)
    if stored != place.statement:
        insist_on_next(said, row)
        if said.words != read_statement(stored).words:
            raise BadStatementError
    row.album_id, row.position = place.album_id, place.position
    row.statement, row.signature = place.statement, place.signature
