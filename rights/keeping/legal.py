"""Orders of authorities, and what is published about them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from pocketvault.kernel.custody import LEGAL_DUTY, ExportItem, Keeping
from rights.legal.reading import requests_about
from rights.models import OrderNotice

_REGISTER = "six years after an order was closed"
_NAMES_NOBODY = "for good: counts and statements"


def _of_register(model: str, *categories: str) -> Keeping:
    return Keeping(
        model=model, owner_path=None, categories=categories, retention=_REGISTER,
        legal_basis=LEGAL_DUTY,
    )


def _of_public(model: str) -> Keeping:
    return Keeping(
        model=model, owner_path=None, categories=("system.operations",),
        retention=_NAMES_NOBODY,
    )


KEEPS: tuple[Keeping, ...] = (
    Keeping(
        model="OrderNotice", owner_path="account_id",
        categories=("user.contact.email", "user.unique_id"),
        retention="as long as the account, and at least until you were told of the order",
        legal_basis=LEGAL_DUTY,
    ),
    _of_register("Authority", "system.operations"),
    _of_register("LegalOrder", "user.unique_id"),
    _of_register("OrderDocument", "user.unique_id"),
    _of_register("OrderCheck", "system.operations"),
    _of_register("OrderGag", "system.operations"),
    _of_register("OrderHold", "user.unique_id"),
    _of_register("OrderPackage", "user.contact.email", "user.unique_id"),
    _of_register("OrderEvent", "system.operations"),
    _of_public("OrderBatch"),
    _of_public("TransparencyReport"),
    _of_public("CanaryStatement"),
    _of_public("SilentJurisdiction"),
)  # fmt: skip


def export(subject_id: UUID) -> Iterator[ExportItem]:
    """What was asked about the person, as far as they were told."""
    found = requests_about(subject_id)
    if found:
        data = json.dumps(found, indent=2, cls=DjangoJSONEncoder).encode()
        yield ExportItem.holding(data, path="legal-requests.json", media_type="application/json")


def erase(subject_id: UUID) -> int:
    """Every notice that was sent. One that waits for a gag to end goes once it is: who has left
    is told all the same.
    """
    told = OrderNotice.objects.filter(account_id=subject_id).exclude(told_at=None)
    count, _ = told.delete()
    return count
