"""Publishing a statement that people signed, and ceasing to speak for a jurisdiction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import AccountSession
from rights.legal.actions.noting import acting
from rights.legal.canary import FORMAT, LEAST_SIGNERS, MEMBERS, is_signed
from rights.legal.errors import BadOrderError, UnsignedStatementError
from rights.log.canonical import read
from rights.models import CanaryStatement, SilentJurisdiction

LONGEST = timedelta(days=100)


@transaction.atomic
def publish_statement(
    document: bytes, signatures: Sequence[dict[str, str]], *, session: AccountSession
) -> CanaryStatement:
    """Publish a statement in its canonical spelling, with at least two people's signatures.

    Raises `UnsignedStatementError`, and `BadOrderError` for a silent jurisdiction.
    """
    acting(session)
    jurisdiction, due_on = _read(document)
    keys = {each["key"] for each in signatures if is_signed(document, **each)}
    if len(keys) < LEAST_SIGNERS or len(keys) < len(signatures):
        raise UnsignedStatementError
    if SilentJurisdiction.objects.filter(pk=jurisdiction).exists():
        raise BadOrderError("No statement is made for this jurisdiction any more.")
    return CanaryStatement.objects.create(
        jurisdiction=jurisdiction, document=document, signatures=list(signatures), due_on=due_on,
        published_at=timezone.now(),
    )  # fmt: skip


@transaction.atomic
def fall_silent(jurisdiction: str, *, session: AccountSession) -> None:
    """Make no statement for a jurisdiction any more. Nobody is told why. Safe to repeat."""
    actor = acting(session)
    if not 0 < len(jurisdiction) <= 80:
        raise BadOrderError("Name the jurisdiction.")
    SilentJurisdiction.objects.get_or_create(
        pk=jurisdiction, defaults={"since": timezone.now(), "actor_id": actor.pk}
    )


def _read(document: bytes) -> tuple[str, date]:
    today = timezone.now().date()
    try:
        said = read(document)
        due_on = date.fromisoformat(str(said["due_on"]))
        is_well_made = set(said) == MEMBERS and said["format"] == FORMAT and bool(said["text"])
        jurisdiction = str(said["jurisdiction"])
    except (ValueError, KeyError) as error:
        raise UnsignedStatementError from error
    if not is_well_made or not today < due_on <= today + LONGEST or not 0 < len(jurisdiction) <= 80:
        raise UnsignedStatementError("A statement is due again within 100 days.")
    return jurisdiction, due_on
