"""Takedowns: what people reported and stated, what was found, and what was written to whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from pocketvault.kernel.custody import ExportItem, Keeping
from rights.models import Takedown
from rights.takedown.actions.forgetting import forget_cases_of
from rights.takedown.bundle import bundle_of
from rights.takedown.telling import case_facts

_AS_CASE = "as long as the case, and three years after it closed"

KEEPS: tuple[Keeping, ...] = (
    Keeping(
        model="Takedown", owner_path="owner", categories=("user.behavior",),
        retention=_AS_CASE,
    ),
    Keeping(
        model="TakedownPaper", owner_path="takedown__owner",
        categories=("user.name", "user.contact"), retention=_AS_CASE,
    ),
    Keeping(
        model="TakedownTarget", owner_path="takedown__owner",
        categories=("user.content.public",), retention=_AS_CASE,
    ),
    Keeping(
        model="TakedownImage", owner_path="takedown__owner", categories=("user.unique_id",),
        retention=_AS_CASE,
    ),
    Keeping(
        model="TakedownEvidence", owner_path="takedown__owner",
        categories=("user.content.public",), retention=_AS_CASE,
    ),
    Keeping(
        model="TakedownContact", owner_path="takedown__owner",
        categories=("system.operations",), retention=_AS_CASE,
    ),
    Keeping(
        model="TakedownLetter", owner_path="takedown__owner",
        categories=("user.name", "user.contact"), retention=_AS_CASE,
    ),
    Keeping(
        model="TakedownEvent", owner_path="takedown__owner", categories=("user.behavior",),
        retention=_AS_CASE,
    ),
    Keeping(
        model="TakedownAsk", owner_path=None, categories=("user.name", "user.contact"),
        retention="24 hours: a form of somebody without an account; its words go with the code",
    ),
    Keeping(
        model="KnownContact", owner_path=None, categories=("system.operations",),
        retention="30 days: what a public register says of a host",
    ),
)


def export(subject_id: UUID) -> Iterator[ExportItem]:
    """Each case with its papers, and its evidence as the archive a lawyer gets."""
    for case in Takedown.objects.filter(owner=subject_id).order_by("pk"):
        facts = json.dumps(case_facts(case), cls=DjangoJSONEncoder, indent=2).encode()
        folder = f"rights/takedowns/{case.pk}"
        yield ExportItem.holding(
            facts, path=f"{folder}/case.json", media_type="application/json"
        )
        if case.evidence.exists():
            yield ExportItem(
                path=f"{folder}/evidence.zip", media_type="application/zip",
                read=lambda found=case: [bundle_of(found)],  # type: ignore[misc]
            )


def erase(subject_id: UUID) -> int:
    """All of them, with their evidence."""
    return forget_cases_of(subject_id)
