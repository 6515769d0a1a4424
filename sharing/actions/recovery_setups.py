"""Setting up who gives a vault back, and taking that back.

Whoever changes anything here locks contacts first, then the set-up, then the request that stands.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.digests import digest_of
from accounts.guards import require_open_vault, require_step_up
from accounts.models import Account, AccountSession
from images.actions.feed import News, record_news
from pocketvault.kernel.errors import ConflictError, NotFoundError
from pocketvault.kernel.fields import from_base64url, to_base64url
from sharing.actions.recovery_ending import end_requests_for
from sharing.actions.recovery_telling import news_for, write_to
from sharing.errors import NotAContactError
from sharing.models import (
    Contact,
    RecoveryAnswer,
    RecoveryRequest,
    RecoverySetup,
    RecoveryShare,
)
from sharing.models.recovery import NEEDED

NOTHING_YET = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedShare:
    """A share, sealed by its owner to one contact."""

    account_id: UUID
    sealed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupDraft:
    """A whole set-up: ``shares`` by their index, the first of which is 1."""

    number: int
    wrapped_account_key: bytes
    recovery_auth_key: bytes
    shares: tuple[SealedShare, ...]

    def document(self) -> bytes:
        """What is sealed: canonical JSON."""
        values = {
            "proof": to_base64url(digest_of(self.recovery_auth_key)),
            "wrapped_account_key": to_base64url(self.wrapped_account_key),
        }
        return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupKeys:
    """What a set-up keeps: the account key wrapped for contacts, and its proof's digest."""

    wrapped_account_key: bytes
    proof: bytes


def keys_of_setup(setup: RecoverySetup) -> SetupKeys:
    """Open what is sealed in a set-up that has not ended."""
    values = json.loads(setup.open())
    return SetupKeys(**{name: from_base64url(text) for name, text in values.items()})


def set_up_contacts(draft: SetupDraft, *, session: AccountSession) -> None:
    """Let these three contacts give the vault back, in place of whoever could before. Ends a
    request that stands. Repeating it is harmless.

    Raises `NotAContactError`, and `ConflictError` with the number there is, 0 before the first.
    """
    require_open_vault(session)
    require_step_up(session)
    try:
        _set_up(draft, session.account)
    except IntegrityError:  # another device was the first
        _set_up(draft, session.account)


@transaction.atomic
def _set_up(draft: SetupDraft, owner: Account) -> None:
    _insist_on_contacts(draft, owner)
    setup = RecoverySetup.objects.select_for_update().filter(pk=owner.pk).first()
    if setup is not None and _is_same(setup, draft):
        return
    current = setup.number if setup else NOTHING_YET
    if draft.number != current + 1:
        raise ConflictError(number=current)
    told = _forget_shares(owner)
    row = RecoverySetup(account=owner, number=draft.number, made_at=timezone.now())
    row.seal(draft.document()).save(force_insert=setup is None, force_update=setup is not None)
    for index, share in enumerate(draft.shares, start=1):
        made = RecoveryShare(setup=row, contact_id=share.account_id, index=index)
        made.seal(share.sealed).save(force_insert=True)
    audit.record(AuditTag.RECOVERY_CONTACTS_SET, actor=owner, subject_id=owner.pk)
    write_to(owner, "sharing.recovery_set")
    record_news(news_for([owner.pk, *told, *(share.account_id for share in draft.shares)]))


def _insist_on_contacts(draft: SetupDraft, owner: Account) -> None:
    """Locked, so that none of them ends being a contact meanwhile and keeps a share."""
    named = [share.account_id for share in draft.shares]
    known = Contact.objects.select_for_update().filter(account=owner, other__in=named)
    if len(known.order_by("pk")) != len(named):
        raise NotAContactError


def _is_same(setup: RecoverySetup, draft: SetupDraft) -> bool:
    if setup.number != draft.number or setup.ended_at is not None:
        return False
    stored = [(row.contact_id, row.open()) for row in setup.shares.order_by("index")]
    named = [(share.account_id, share.sealed) for share in draft.shares]
    return setup.open() == draft.document() and stored == named


@transaction.atomic
def end_setup(number: int, *, session: AccountSession) -> None:
    """Let nobody give the vault back any more. Repeating it is harmless.

    Raises `NotFoundError` before the first, and `ConflictError` when another came in its place.
    """
    require_open_vault(session)
    require_step_up(session)
    owner = session.account
    setup = RecoverySetup.objects.select_for_update().filter(pk=owner.pk).first()
    if setup is None:
        raise NotFoundError
    if setup.number != number:
        raise ConflictError(number=setup.number)
    if setup.ended_at is None:
        told = _end(setup)
        audit.record(AuditTag.RECOVERY_CONTACTS_ENDED, actor=owner, subject_id=owner.pk)
        write_to(owner, "sharing.recovery_off")
        record_news(news_for([owner.pk, *told]))


def _end(setup: RecoverySetup) -> list[UUID]:
    """End a locked set-up; whoever held a share of it."""
    told = _forget_shares(setup.account)
    setup.ended_at, setup.handed_back_by = timezone.now(), None
    setup.seal(b"").save()
    return told


def end_setup_of(setup: RecoverySetup) -> None:
    """End a locked set-up, in the caller's transaction, and tell the devices."""
    record_news(news_for([setup.pk, *_end(setup)]))


def _forget_shares(owner: Account) -> list[UUID]:
    """Forget the shares of a locked set-up and what was asked of it; whoever held them."""
    end_requests_for(owner)
    shares = RecoveryShare.objects.filter(setup=owner.pk)
    held = list(shares.values_list("contact_id", flat=True))
    shares.delete()
    return held


@transaction.atomic
def accept_share(share_id: UUID, *, actor: Account) -> None:
    """A contact says yes to what they hold. Repeating it is harmless. Raises `NotFoundError`."""
    share = RecoveryShare.objects.held_by(actor).select_for_update().filter(pk=share_id).first()
    if share is None:
        raise NotFoundError
    if share.accepted_at is None:
        share.accepted_at = timezone.now()
        share.save(update_fields=["accepted_at"])
        audit.record(AuditTag.RECOVERY_SHARE_ACCEPTED, actor=actor, subject_id=share.setup_id)
        record_news(news_for([actor.pk, share.setup_id]))


@transaction.atomic
def hand_back_share(share_id: UUID, *, actor: Account) -> None:
    """A contact says no, then or later: their share goes, and the two stay contacts. Its owner is
    told, and sees who it was. Raises `NotFoundError`.
    """
    held = RecoveryShare.objects.held_by(actor).filter(pk=share_id)
    owner_id = held.values_list("setup_id", flat=True).first()
    if owner_id is None:
        raise NotFoundError
    news = _drop_shares(Q(pk=share_id, contact=actor))
    standing = RecoverySetup.objects.filter(pk=owner_id, ended_at=None)
    standing.update(handed_back_by=actor)
    record_news(news)


def drop_shares_between(one: UUID, other: UUID) -> list[News]:
    """Take away the shares that two people held for each other, in the caller's transaction; they
    are no contacts any more.
    """
    rows = Q(setup=one, contact=other) | Q(setup=other, contact=one)
    named = Q(pk=one, handed_back_by=other) | Q(pk=other, handed_back_by=one)
    RecoverySetup.objects.filter(named).update(handed_back_by=None)
    return _drop_shares(rows)


def _drop_shares(rows: Q) -> list[News]:
    """With two shares left both are needed; with one nobody can give anything back."""
    owners = RecoveryShare.objects.filter(rows).values_list("setup_id", flat=True)
    setups = RecoverySetup.objects.select_for_update().filter(pk__in=list(owners))
    news: list[News] = []
    for setup in setups.order_by("pk"):
        shares = RecoveryShare.objects.filter(rows, setup=setup)
        for share in shares:
            answers = RecoveryAnswer.objects.filter(request__account=setup.account_id)
            answers.filter(contact=share.contact_id).delete()
            news += news_for([share.contact_id])
        shares.delete()
        news += _tell_of_loss(setup)
    return news


def _tell_of_loss(setup: RecoverySetup) -> list[News]:
    owner, left = setup.account, RecoveryShare.objects.filter(setup=setup).count()
    told = [owner.pk]
    audit.record(AuditTag.RECOVERY_SHARE_LOST, actor=None, subject_id=owner.pk)
    if left < NEEDED:
        told += _end(setup)
        audit.record(AuditTag.RECOVERY_CONTACTS_ENDED, actor=None, subject_id=owner.pk)
        write_to(owner, "sharing.recovery_off")
    else:
        write_to(owner, "sharing.recovery_two")
    return news_for(told)


def forget_recovery_of(account_id: UUID) -> tuple[list[News], int]:
    """Forget somebody as owner and as contact, in the caller's transaction: they are erased. The
    news for the others, and how many records went.
    """
    erased = RecoveryShare.objects.filter(Q(setup=account_id) | Q(contact=account_id)).count()
    news = _drop_shares(Q(contact=account_id))
    RecoverySetup.objects.filter(handed_back_by=account_id).update(handed_back_by=None)
    setup = RecoverySetup.objects.select_for_update().filter(pk=account_id).first()
    if setup is not None:
        news += news_for(_forget_shares(setup.account))
        setup.delete()
        erased += 1
    return news, erased + _forget_requests_of(account_id)


def _forget_requests_of(account_id: UUID) -> int:
    RecoveryAnswer.objects.filter(contact=account_id).delete()
    return RecoveryRequest.objects.filter(account=account_id).delete()[0]
