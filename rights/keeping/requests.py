"""What people asked for, and what they were told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from pocketvault.kernel.custody import LEGAL_DUTY, ExportItem, Keeping
from rights.models import DataRequest, RequestEvent, RequestLetter
from rights.requests.actions.forgetting import let_go_of_account

_THREE_YEARS = "three years after it was answered; after the account only that there was one"
_WORDS = ("user.name", "user.contact.email", "user.content.private")

KEEPS: tuple[Keeping, ...] = (
    Keeping(
        model="DataRequest", owner_path="account_id", categories=_WORDS, retention=_THREE_YEARS,
        legal_basis=LEGAL_DUTY,
    ),
    Keeping(
        model="RequestEvent", owner_path="request__account_id", categories=_WORDS,
        retention="as long as its request, and no longer than the account",
        legal_basis=LEGAL_DUTY,
    ),
    Keeping(
        model="RequestLetter", owner_path="request__account_id", categories=_WORDS,
        retention="as long as its request, and no longer than the account",
        legal_basis=LEGAL_DUTY,
    ),
    Keeping(
        model="IntakeMail", owner_path=None, categories=("system.operations",),
        retention="three years, without anything of what the mail said",
        legal_basis=LEGAL_DUTY,
    ),
)


def export(subject_id: UUID) -> Iterator[ExportItem]:
    """Each request with its history and its letters, as they were sent."""
    found = DataRequest.objects.filter(account_id=subject_id).order_by("pk")
    for request in found.prefetch_related("events", "letters"):
        data = json.dumps(_document(request), indent=2, cls=DjangoJSONEncoder).encode()
        path = f"requests/{request.number}.json"
        yield ExportItem.holding(data, path=path, media_type="application/json")


def erase(subject_id: UUID) -> int:
    """Every word; the row stays, about nobody."""
    return let_go_of_account(subject_id)


def _document(request: DataRequest) -> dict[str, Any]:
    columns = (
        "number", "kind", "regime", "channel", "state", "received_at", "due_at", "extended_at",
        "closed_at",
    )  # fmt: skip
    return {
        **{name: getattr(request, name) for name in columns},
        "said": json.loads(request.open() or b"{}"),
        "events": [_event(each) for each in request.events.all()],
        "letters": [_letter(each) for each in request.letters.all()],
    }


def _event(event: RequestEvent) -> dict[str, Any]:
    return {"at": event.at, "tag": event.tag}


def _letter(letter: RequestLetter) -> dict[str, Any]:
    return {"sent_at": letter.sent_at, **json.loads(letter.open())}
