"""Visits: what somebody with a link and its secret is let in with."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from pocketvault.kernel.errors import NotFoundError, VaultError
from sharing.actions.proving import Begun, judge_proof, new_visit, settled
from sharing.feed import SharedKind
from sharing.link_errors import LinkEndedError
from sharing.models import GuestVisit, ShareLink, Visit


def begin_visit(link_id: UUID, auth_key: bytes) -> Begun:
    """Let somebody in who proves that they have the link. Counts once against its limit.

    Raises `NotFoundError`, `LinkEndedError`, `LinkAsleepError`, `LinkRestsError` and
    `WrongLinkProofError`.
    """
    return settled(_begin(link_id, auth_key))


@transaction.atomic
def _begin(link_id: UUID, auth_key: bytes) -> Begun | VaultError:
    link = ShareLink.objects.select_for_update().filter(pk=link_id).first()
    if link is None:
        return NotFoundError()
    now = timezone.now()
    if not link.leads_somewhere_at(now):
        return LinkEndedError()
    album_id = link.shared_album_id
    shown_as = None if album_id is None else (SharedKind.SHARED_ALBUM, album_id)
    if refusal := judge_proof(link, auth_key, shown_as=shown_as):
        return refusal
    # Compare and set: the last visit that a link allows is begun once.
    live = ShareLink.objects.live_at(now).filter(pk=link.pk)
    if not live.update(views=F("views") + 1, last_used_on=now.date()):
        return LinkEndedError()
    return new_visit(link.visits, now)


def remove_ended_visits() -> int:
    """Forget visits whose hour is over; return how many."""
    now = timezone.now()
    return sum(
        model._default_manager.filter(ends_at__lte=now).delete()[0]
        for model in (Visit, GuestVisit)
    )
