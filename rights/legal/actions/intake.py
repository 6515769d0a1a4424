"""Taking an order in: what it says, its paper, its gag, and what the person will be told."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Account, AccountSession, Preferences
from images.actions.passing import announce_passing, give_up_passing
from images.models import PassingBlob
from pocketvault.kernel import blobs
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.work import enqueue_on_commit
from rights.actions.case_journal import journaled
from rights.legal.actions.noting import acting, note
from rights.legal.errors import BadOrderError, EndlessGagError
from rights.legal.instruments import rule_for
from rights.legal.papers import MOST_BYTES, Paper, encrypted
from rights.models import (
    Authority,
    DataClass,
    Instrument,
    LegalOrder,
    OrderDocument,
    OrderGag,
    OrderNotice,
)

MOST_ACCOUNTS = 200
CHALLENGED_EVERY = timedelta(days=90)
TELL = "rights.tell_of_order"
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class GagDraft:
    """A gag as the paper words it. One without ``ends_at`` has to be called indefinite."""

    basis: str
    starts_at: datetime
    ends_at: datetime | None = None
    is_indefinite: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDraft:
    """An order as it is entered. ``names`` are addresses or ids of accounts, as the paper has
    them; ``letter_phone`` is the number in the letter, which is never called.
    """

    instrument: str
    reference: str
    authority: str
    country: str
    officer: str
    letter_phone: str
    jurisdiction: str
    signed_by: str
    dated_on: date
    received_at: datetime
    asked: Collection[str]
    names: Sequence[str]
    paper: Paper
    is_emergency: bool = False
    due_at: datetime | None = None
    period_from: date | None = None
    period_to: date | None = None
    gag: GagDraft | None = None
    follows: UUID | None = None
    notes: str = field(default="")


def register_order(draft: OrderDraft, *, session: AccountSession) -> LegalOrder:
    """Enter an order. Raises `BadOrderError` and `EndlessGagError`, and keeps nothing then."""
    actor = acting(session)
    _refuse_bad(draft)
    order, document = _order_of(draft, actor), _document_of(draft.paper)
    document.order = order
    _store(document, draft.paper, actor)
    with journaled():
        accounts, unknown = _accounts_named(draft.names)
        order.seal(json.dumps(_text(draft, unknown)).encode()).save(force_insert=True)
        _keep(document)
        gag = _gag_of(draft, order, document, actor)
        if gag is not None:
            gag.save(force_insert=True)
        _write_notices(order, accounts, draft)
        note(order, "taken_in", actor=actor, words=draft.notes)
    return order


@transaction.atomic
def add_authority(
    *, name: str, country: str, phone: str, source: str, session: AccountSession
) -> Authority:
    """Enter an authority into the directory. Raises `BadOrderError`."""
    actor = acting(session)
    if not all((name, phone, source)) or not _COUNTRY.fullmatch(country):
        raise BadOrderError("Give name, country (two capital letters), number and its source.")
    return Authority.objects.create(
        name=name[:160], country=country, phone=phone[:40], source=source[:300],
        added_by=actor.pk, added_at=timezone.now(),
    )  # fmt: skip


def add_paper(order: LegalOrder, paper: Paper, *, actor: Account) -> OrderDocument:
    """Another paper of an order, in the store; the caller's transaction keeps it with
    `keep_paper`.
    """
    document = _document_of(paper)
    document.order = order
    if OrderDocument.objects.filter(order=order, sha256=document.sha256).exists():
        raise BadOrderError("This very paper is here already. A renewal needs a new one.")
    _store(document, paper, actor)
    return document


def keep_paper(document: OrderDocument) -> None:
    """Save it, in the caller's transaction."""
    _keep(document)


def _document_of(paper: Paper) -> OrderDocument:
    if not paper.data or len(paper.data) > MOST_BYTES:
        raise BadOrderError("Add the paper itself, at most 20 MB.")
    return OrderDocument(
        pk=uuid7(), blob_key=blobs.new_blob_key(), bytes=len(paper.data),
        sha256=hashlib.sha256(paper.data).digest(), added_at=timezone.now(),
    )  # fmt: skip


def _store(document: OrderDocument, paper: Paper, actor: Account) -> None:
    """Announced before it is made: killed here, we leave nothing that stays."""
    announce_passing([document.blob_key], actor=actor)
    blobs.store().put(document.blob_key, [encrypted(document, paper)])


def _keep(document: OrderDocument) -> None:
    if not PassingBlob.objects.filter(blob_key=document.blob_key).delete()[0]:
        give_up_passing([document.blob_key])
        raise BadOrderError("That took too long. Send it again.")
    document.save(force_insert=True)


def _refuse_bad(draft: OrderDraft) -> None:
    """Raises `BadOrderError` with what is wrong, and `EndlessGagError`."""
    if draft.instrument not in Instrument.values:
        raise BadOrderError("Choose an instrument.")
    if not set(draft.asked) <= set(DataClass.values):
        raise BadOrderError("Choose what is asked for from the list.")
    if not draft.asked and draft.instrument != Instrument.PRESERVATION:
        raise BadOrderError("Choose what is asked for.")
    if not all((draft.reference, draft.authority, draft.jurisdiction, draft.signed_by)):
        raise BadOrderError("Give the reference, the authority, its jurisdiction and who signed.")
    if not _COUNTRY.fullmatch(draft.country):
        raise BadOrderError("The country is two capital letters, as in ISO 3166-1.")
    if not 0 < len(draft.names) <= MOST_ACCOUNTS:
        raise BadOrderError("Name at least one account, by its address or id, and at most 200.")
    if draft.due_at is not None and draft.due_at <= draft.received_at:
        raise BadOrderError("The deadline lies before the order came.")
    if draft.period_from and draft.period_to and draft.period_from > draft.period_to:
        raise BadOrderError("The period ends before it begins.")
    if draft.gag is not None:
        refuse_endless(draft.gag)


def refuse_endless(gag: GagDraft) -> None:
    """Raises `EndlessGagError` and `BadOrderError`."""
    if not gag.basis:
        raise BadOrderError("Name the law that the gag rests on.")
    if gag.ends_at is None and not gag.is_indefinite:
        raise EndlessGagError
    if gag.ends_at is not None and gag.ends_at <= gag.starts_at:
        raise BadOrderError("The gag ends before it begins.")


def _order_of(draft: OrderDraft, actor: Account) -> LegalOrder:
    return LegalOrder(
        pk=uuid7(), instrument=draft.instrument, country=draft.country,
        jurisdiction=draft.jurisdiction[:120], is_emergency=draft.is_emergency,
        follows_id=draft.follows, dated_on=draft.dated_on, received_at=draft.received_at,
        due_at=draft.due_at, asked=sorted(set(draft.asked)), period_from=draft.period_from,
        period_to=draft.period_to, intake_id=actor.pk,
    )  # fmt: skip


def _text(draft: OrderDraft, unknown: list[str]) -> dict[str, object]:
    return {
        "reference": draft.reference, "authority": draft.authority, "officer": draft.officer,
        "letter_phone": draft.letter_phone, "signed_by": draft.signed_by, "unknown": unknown,
    }  # fmt: skip


def _accounts_named(names: Sequence[str]) -> tuple[list[Account], list[str]]:
    """The accounts that are meant, and the names that fit none."""
    plain = [each.strip().lower() for each in names if each.strip()]
    ids = [each for each in plain if _UUID.fullmatch(each)]
    found = list(Account.objects.filter(Q(email__in=plain) | Q(pk__in=ids)).order_by("pk"))
    fitting = {each.email for each in found} | {str(each.pk) for each in found}
    return found, [each for each in plain if each not in fitting]


def _gag_of(
    draft: OrderDraft, order: LegalOrder, document: OrderDocument, actor: Account
) -> OrderGag | None:
    gag, rule = draft.gag, rule_for(draft.instrument)
    if rule.gags_by_itself:
        # Whatever date somebody read out of it: only the authority ends this silence.
        return OrderGag(
            order=order, basis=rule.source, document=document, starts_at=draft.received_at,
            until_released=True, proposed_by=actor.pk,
        )
    if gag is None:
        return None
    return OrderGag(
        order=order, basis=gag.basis[:200], document=document, starts_at=gag.starts_at,
        ends_at=gag.ends_at, proposed_by=actor.pk,
        challenge_at=None if gag.ends_at else gag.starts_at + CHALLENGED_EVERY,
    )  # fmt: skip


def _write_notices(order: LegalOrder, accounts: list[Account], draft: OrderDraft) -> None:
    """What each will be told, written now; a job waits for the end of a gag with a date."""
    spoken = dict(
        Preferences.objects.filter(pk__in=[each.pk for each in accounts])
        .values_list("pk", "language")
    )
    for account in accounts:
        letter = {
            "email": account.email,
            "language": spoken.get(account.pk) or settings.LANGUAGE_CODE,
            "values": {
                "authority": draft.authority, "country": draft.country,
                "reference": draft.reference,
                "received": f"{order.received_at.day} {order.received_at:%B %Y}",
            },
        }  # fmt: skip
        notice = OrderNotice(order=order, account_id=account.pk, written_at=timezone.now())
        notice.seal(json.dumps(letter).encode()).save(force_insert=True)
    if draft.gag is not None and draft.gag.ends_at is not None:
        owe_telling(order, draft.gag.ends_at)


def owe_telling(order: LegalOrder, ends_at: datetime | None) -> None:
    """Owe a look whether somebody may be told: at the end of a gag, or now."""
    if ends_at is None:
        enqueue_on_commit(TELL, str(order.pk))
        return
    wait = max(timedelta(0), ends_at - timezone.now() + timedelta(seconds=1))
    enqueue_on_commit(TELL, str(order.pk), delay=wait)
