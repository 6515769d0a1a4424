"""Contacts answer, and the device that asked gets in."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.actions.sessions import Device, OpenedSession
from accounts.actions.signing_in import note_refusal, open_recovered
from accounts.audit import AuditTag
from accounts.digests import digest_of, is_same
from accounts.errors import WrongRecoveryError
from accounts.models import Account
from images.actions.feed import record_news
from pocketvault.kernel.errors import NotFoundError
from sharing.actions.recovery_ending import holders_of
from sharing.actions.recovery_setups import keys_of_setup
from sharing.actions.recovery_telling import news_for, write_to
from sharing.models import RecoveryAnswer, RecoveryRequest, RecoverySetup, RecoveryShare
from sharing.models.recovery import USE_LASTS
from sharing.recovery_errors import RecoveryEndedError, RecoveryWaitsError


@transaction.atomic
def answer_request(share_id: UUID, request_id: UUID, sealed: bytes, *, actor: Account) -> None:
    """Hand one's share on, sealed to the device that asks. A later answer takes the place of an
    earlier one. Raises `NotFoundError`.
    """
    held = RecoveryShare.objects.held_by(actor).filter(pk=share_id)
    owner_id = held.values_list("setup_id", flat=True).first()
    setup = RecoverySetup.objects.select_for_update().filter(pk=owner_id).first()
    if setup is None or not held.exists():
        raise NotFoundError
    request = _standing_request(setup, request_id)
    answer = RecoveryAnswer(request=request, contact=actor, answered_at=timezone.now())
    request.answers.filter(contact=actor).delete()
    answer.seal(sealed).save(force_insert=True)
    audit.record(AuditTag.RECOVERY_ANSWERED, actor=actor, subject_id=setup.pk)
    record_news(news_for([actor.pk, setup.pk]))


def _standing_request(setup: RecoverySetup, request_id: UUID) -> RecoveryRequest:
    now = timezone.now()
    standing = RecoveryRequest.objects.standing_for(setup.account, now).filter(pk=request_id)
    request = standing.select_for_update(of=("self",)).first()
    if request is None:
        raise NotFoundError
    return request


def sign_in_with_contacts(
    request_id: UUID, recovery_auth_key: bytes, *, device: Device
) -> OpenedSession:
    """A session for who knows what two contacts gave back, exactly as the phrase opens one.

    Repeating it within an hour opens another: the first answer may have been lost. Raises
    `RecoveryEndedError`, `RecoveryWaitsError` and `WrongRecoveryError`.
    """
    opened = _sign_in(request_id, recovery_auth_key, device)
    if opened is None:
        asked = RecoveryRequest.objects.filter(pk=request_id)
        note_refusal(asked.values_list("account_id", flat=True).first())
        raise WrongRecoveryError
    return opened


@transaction.atomic
def _sign_in(request_id: UUID, recovery_auth_key: bytes, device: Device) -> OpenedSession | None:
    owner_id = RecoveryRequest.objects.values_list("account_id", flat=True).get(pk=request_id)
    setup = RecoverySetup.objects.select_for_update().filter(pk=owner_id, ended_at=None).first()
    request = RecoveryRequest.objects.select_for_update().get(pk=request_id)
    now = timezone.now()
    if not request.stands_at(now):
        raise RecoveryEndedError
    if setup is None or not request.is_open_at(now):
        raise RecoveryWaitsError(opens_at=request.opens_at and request.opens_at.isoformat())
    owner = setup.account
    if not owner.is_active or not is_same(
        keys_of_setup(setup).proof, digest_of(recovery_auth_key)
    ):
        return None
    if request.used_at is None:
        request.used_at, request.expires_at = now, min(request.expires_at, now + USE_LASTS)
        request.save(update_fields=["used_at", "expires_at"])
    audit.record(AuditTag.RECOVERY_CONTACTS_USED, actor=owner, subject_id=owner.pk)
    write_to(owner, "sharing.recovery_use")
    opened = open_recovered(owner, device=device)
    record_news(news_for([owner.pk, *holders_of(owner)]))
    return opened
