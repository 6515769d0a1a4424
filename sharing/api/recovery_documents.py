"""Recovery contacts as owner, contact and asking device see them, ready for JSON."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from accounts.models import Account
from images.api.documents import text_of
from pocketvault.kernel.fields import to_base64url
from sharing.actions.recovery_setups import NOTHING_YET, keys_of_setup
from sharing.models import RecoveryRequest, RecoverySetup, RecoveryShare
from sharing.owners import owner_document

Document = dict[str, object]


def setup_document(account: Account) -> Document:
    """The account's own set-up, and the request that stands. Who handed back and who answered is
    for whoever is signed in as the owner: the device that asks may be a stranger's.
    """
    setup = RecoverySetup.objects.filter(pk=account.pk).first()
    shares = RecoveryShare.objects.filter(setup=account.pk).order_by("index")
    standing = RecoveryRequest.objects.standing_for(account, timezone.now()).first()
    return {
        "number": setup.number if setup else NOTHING_YET,
        "is_on": setup is not None and setup.ended_at is None,
        "contacts": [
            {
                "account_id": row.contact_id,
                "index": row.index,
                "has_accepted": row.accepted_at is not None,
            }
            for row in shares
        ],
        "handed_back_by": setup and setup.handed_back_by_id,
        "request": standing and {
            **_request_facts(standing),
            "answered_by": list(
                standing.answers.order_by("pk").values_list("contact_id", flat=True)
            ),
        },
    }


def shares_document(account: Account) -> list[Document]:
    """What this account holds for others, and who asks for it."""
    rows = RecoveryShare.objects.held_by(account).select_related("setup__account")
    now = timezone.now()
    documents: list[Document] = []
    for row in rows.order_by("pk"):
        owner = row.setup.account
        asked = RecoveryRequest.objects.standing_for(owner, now).first()
        documents.append({
            "id": row.pk,
            "owner": {**owner_document(owner.pk), "email": owner.email},
            "number": row.setup.number,
            "has_accepted": row.accepted_at is not None,
            "sealed": to_base64url(row.open()),
            "request": asked and {
                **_request_facts(asked),
                "exchange_public_key": to_base64url(asked.exchange_public_key),
                "is_answered": asked.answers.filter(contact=account).exists(),
            },
        })
    return documents


def request_document(request: RecoveryRequest) -> Document:
    """What the asking device is told. Nothing that leads to a key before the request is open."""
    now = timezone.now()
    is_open = request.is_open_at(now)
    return {
        "state": state_of(request),
        "owner": request.account_id and owner_document(request.account_id),
        "number": _number_of(request),
        "opens_at": request.opens_at,
        "expires_at": request.expires_at,
        "answered": request.answers.count(),
        "opened": _opened(request) if is_open else None,
    }


def state_of(request: RecoveryRequest) -> str:
    """A word of docs/sharing.md for a request that stands."""
    if request.account_id is None:
        return "unconfirmed"
    if request.used_at is not None:
        return "used"
    return "open" if request.is_open_at(timezone.now()) else "waiting"


def _opened(request: RecoveryRequest) -> Document:
    setup = RecoverySetup.objects.get(pk=request.account_id)
    return {
        "wrapped_account_key": to_base64url(keys_of_setup(setup).wrapped_account_key),
        "answers": [
            {"account_id": row.contact_id, "sealed": to_base64url(row.open())}
            for row in request.answers.order_by("contact_id")
        ],
    }


def _number_of(request: RecoveryRequest) -> int | None:
    found = RecoverySetup.objects.filter(pk=request.account_id)
    return found.values_list("number", flat=True).first()


def _request_facts(request: RecoveryRequest) -> Document:
    return {
        "id": request.pk,
        "confirmed_at": request.confirmed_at,
        "opens_at": request.opens_at,
        "expires_at": request.expires_at,
        "answered": request.answers.count(),
    }


def recovery_facts(subject_id: UUID) -> Document:
    """For the person themselves: their set-up, what they hold for others, and who asked."""
    setup = RecoverySetup.objects.filter(pk=subject_id).first()
    shares = RecoveryShare.objects.filter(setup=subject_id).order_by("index")
    held = RecoveryShare.objects.filter(contact=subject_id).order_by("pk")
    returned = RecoverySetup.objects.filter(handed_back_by=subject_id).order_by("pk")
    asked = RecoveryRequest.objects.filter(account=subject_id).order_by("pk")
    names = ("id", "asked_at", "confirmed_at", "opens_at", "expires_at", "used_at", "ended_at")
    return {
        "setup": setup and {
            "number": setup.number,
            "made_at": text_of(setup.made_at),
            "ended_at": setup.ended_at and text_of(setup.ended_at),
            "handed_back_by": setup.handed_back_by_id,
            "wrapped_account_key": _wrapped(setup),
        },
        "shares": [
            {"account_id": row.contact_id, "index": row.index, "sealed": row.open()}
            for row in shares
        ],
        "held": [
            {
                "owner_id": row.setup_id,
                "index": row.index,
                "accepted_at": row.accepted_at and text_of(row.accepted_at),
                "sealed": row.open(),
            }
            for row in held
        ],
        "handed_back": list(returned.values_list("account_id", flat=True)),
        "requests": list(asked.values(*names)),
    }


def _wrapped(setup: RecoverySetup) -> bytes | None:
    return None if setup.ended_at else keys_of_setup(setup).wrapped_account_key
