"""Getting to know each other, so that each may look up the other's keys.

An invitation does the same for every address, known or not, and what tells the two apart
happens in a task: whoever invites learns nothing before they are answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from accounts import audit
from accounts.actions.mailing import queue_mail
from accounts.audit import AuditTag
from accounts.models import Account
from images.actions.feed import News, record_news
from images.errors import AlreadyExistsError, WrongIdError
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.work import enqueue_on_commit
from sharing.actions.reach import end_grants
from sharing.actions.recovery_setups import drop_shares_between
from sharing.errors import AlreadyContactError, AlreadyInvitedError, OwnAddressError
from sharing.feed import SharedKind
from sharing.models import Contact, ContactInvitation, Grant
from sharing.models.contact import digest_of_address

T = TypeVar("T", bound=Model)
LIFETIME = timedelta(days=30)
MAIL = "sharing.invitation"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationDraft:
    """An invitation to a normalised address. ``intent`` is ciphertext of the inviter."""

    email: str
    intent: bytes


def invite(invitation_id: UUID, draft: InvitationDraft, *, actor: Account) -> bool:
    """Invite an address. True when it is new, False when this very invitation was made before.

    Raises `OwnAddressError`, `AlreadyContactError`, and `AlreadyInvitedError` while an earlier
    one to this address is open: nobody is written to twice for one answer.
    """
    if invitation_id.version != 7:
        raise WrongIdError
    if draft.email == actor.email:
        raise OwnAddressError
    try:
        return _invite(invitation_id, draft, actor)
    except IntegrityError:
        return _invite(invitation_id, draft, actor)


@transaction.atomic
def _invite(invitation_id: UUID, draft: InvitationDraft, actor: Account) -> bool:
    stored = ContactInvitation.objects.filter(pk=invitation_id).first()
    if stored is not None:
        _check_same(stored, draft, actor)
        return False
    _refuse_known(draft.email, actor)
    now = timezone.now()
    ContactInvitation(
        pk=invitation_id, inviter=actor, address_digest=digest_of_address(draft.email),
        intent=draft.intent, made_at=now, expires_at=now + LIFETIME,
    ).seal(draft.email.encode()).save(force_insert=True)  # fmt: skip
    queue_mail(MAIL, email=draft.email, inviter=actor.email)
    enqueue_on_commit("sharing.announce_invitation", str(invitation_id))
    audit.record(AuditTag.CONTACT_INVITED, actor=actor, subject_id=invitation_id)
    record_news([_news_for(actor.pk)])
    return True


def _check_same(stored: ContactInvitation, draft: InvitationDraft, actor: Account) -> None:
    if stored.inviter_id != actor.pk:
        raise NotFoundError
    if (stored.open(), bytes(stored.intent)) != (draft.email.encode(), draft.intent):
        raise AlreadyExistsError


def _refuse_known(email: str, actor: Account) -> None:
    """Both look only at what the inviter knows already."""
    known = Contact.objects.filter(account=actor, other__email=email)
    if account_id := known.values_list("other_id", flat=True).first():
        raise AlreadyContactError(account_id=str(account_id))
    sent = ContactInvitation.objects.sent_by(actor).open_at(timezone.now())
    earlier = sent.filter(address_digest=digest_of_address(email), accepted_by=None)
    if earlier_id := earlier.values_list("pk", flat=True).first():
        raise AlreadyInvitedError(invitation_id=str(earlier_id))


@transaction.atomic
def announce_invitation(invitation_id: UUID) -> None:
    """Put an invitation into the feed of whoever has its address, if anybody has."""
    invitation = ContactInvitation.objects.filter(pk=invitation_id).first()
    if invitation is None:
        return
    invited = Account.objects.filter(email=invitation.open().decode())
    record_news(_news_for(account_id) for account_id in invited.values_list("pk", flat=True))


@transaction.atomic
def withdraw_invitation(invitation_id: UUID, *, actor: Account) -> None:
    """Take an invitation back; of an accepted one, say that what it intended was done.

    Nobody else is told: whether there is anybody must not be felt here either.
    """
    sent = ContactInvitation.objects.sent_by(actor)
    invitation = sent.select_for_update().filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFoundError
    invitation.delete()
    audit.record(AuditTag.CONTACT_WITHDRAWN, actor=actor, subject_id=invitation_id)
    record_news([_news_for(actor.pk)])


@transaction.atomic
def accept_invitation(invitation_id: UUID, *, actor: Account) -> None:
    """Become contacts. What either asked of the other besides is answered by it too."""
    invitation = _lock_received(invitation_id, actor)
    inviter_id, now = invitation.inviter_id, timezone.now()
    pairs = [(inviter_id, actor.pk), (actor.pk, inviter_id)]
    Contact.objects.bulk_create(
        [Contact(account_id=one, other_id=other, since=now) for one, other in sorted(pairs)],
        ignore_conflicts=True,
    )
    invitation.accepted_by, invitation.expires_at = actor, now + LIFETIME
    invitation.save(update_fields=["accepted_by", "expires_at"])
    mirrored = ContactInvitation.objects.sent_by(actor).open_at(now).filter(accepted_by=None)
    mirrored.filter(address_digest=digest_of_address(invitation.inviter.email)).update(
        accepted_by=inviter_id, expires_at=now + LIFETIME
    )
    audit.record(AuditTag.CONTACT_ACCEPTED, actor=actor, subject_id=inviter_id)
    record_news([_news_for(actor.pk), _news_for(inviter_id)])


@transaction.atomic
def decline_invitation(invitation_id: UUID, *, actor: Account) -> None:
    """Answer no. Only the one who declines sees a difference."""
    invitation = _lock_received(invitation_id, actor)
    invitation.declined_at = timezone.now()
    invitation.save(update_fields=["declined_at"])
    audit.record(AuditTag.CONTACT_DECLINED, actor=actor, subject_id=invitation_id)
    record_news([_news_for(actor.pk)])


def _lock_received(invitation_id: UUID, actor: Account) -> ContactInvitation:
    received = ContactInvitation.objects.received_by(actor).open_at(timezone.now())
    mine = received.select_for_update(of=("self",)).select_related("inviter")
    invitation = mine.filter(pk=invitation_id).first()
    if invitation is None or invitation.inviter_id == actor.pk:
        raise NotFoundError
    return invitation


@transaction.atomic
def end_contact(account_id: UUID, *, actor: Account) -> None:
    """Stop knowing each other. Every direct grant of an album of the one to the other ends
    with it, and so do shares of their recovery secrets; groups they are both in go on.
    """
    rows = between(Contact.objects.all(), "account", "other", actor.pk, account_id)
    if not list(rows.select_for_update().order_by("pk").values_list("pk")):
        raise NotFoundError
    rows.delete()
    _forget_invitations(actor.pk, account_id)
    grants = between(
        Grant.objects.all(), "shared_album__album__owner", "account", actor.pk, account_id
    )
    news = [*drop_shares_between(actor.pk, account_id), *end_grants(grants)]
    audit.record(AuditTag.CONTACT_ENDED, actor=actor, subject_id=account_id)
    record_news([*news, _news_for(actor.pk), _news_for(account_id)])


def between(rows: QuerySet[T], one: str, other: str, a: UUID, b: UUID) -> QuerySet[T]:
    """Rows whose two accounts, by these look-ups, are these two, whichever way round."""
    return rows.filter(Q(**{one: a, other: b}) | Q(**{one: b, other: a}))


def _forget_invitations(a: UUID, b: UUID) -> None:
    """What was accepted must not be there to be accepted again, nor done again."""
    between(ContactInvitation.objects.all(), "inviter", "accepted_by", a, b).delete()


def purge_expired_invitations() -> int:
    """Forget invitations that ran out; return how many."""
    count, _ = ContactInvitation.objects.filter(expires_at__lte=timezone.now()).delete()
    return count


def _news_for(account_id: UUID) -> News:
    return News(account_id=account_id, kind=SharedKind.CONTACTS, object_id=account_id)
