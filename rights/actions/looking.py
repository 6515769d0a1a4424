"""Writing down who at the desk looked at what, for the person it is about."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.desk import roles_of
from accounts.models import Account
from rights.models import DeskLook, LookedAt


def note_look(
    account_id: UUID,
    what: LookedAt,
    *,
    actor: Account,
    case_id: UUID | None = None,
    is_gagged: bool = False,
) -> None:
    """Write down one look at what is about this person. With ``is_gagged`` they are told only
    once `tell_of_looks` says so.
    """
    DeskLook.objects.create(
        account_id=account_id, looked_at=what, case_id=case_id, actor_id=actor.pk,
        roles=",".join(sorted(roles_of(actor))),
        shown_from=None if is_gagged else timezone.now(),
    )


@transaction.atomic
def tell_of_looks(case_id: UUID) -> int:
    """A gag ended: show the looks at this case to whom they concern. Safe to repeat."""
    hidden = DeskLook.objects.filter(case_id=case_id, shown_from=None)
    return hidden.update(shown_from=timezone.now())
