"""How a request to recovery contacts ends: stopped, run out, or with its set-up."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.digests import digest_of, is_same
from accounts.models import Account
from images.actions.feed import record_news
from pocketvault.kernel.errors import NotFoundError
from sharing.actions.recovery_telling import news_for, write_to
from sharing.models import RecoveryRequest, RecoverySetup, RecoveryShare
from sharing.models.recovery import COUNTED_FOR
from sharing.recovery_errors import RecoveryEndedError


def end_request(request: RecoveryRequest) -> None:
    """End a locked request: nothing of it is left but that there was one."""
    request.ended_at = timezone.now()
    request.exchange_public_key = b""
    request.code_digest = request.stop_digest = None
    request.seal(b"").save()
    request.answers.all().delete()


def end_requests_for(account: Account) -> None:
    """End what stands for an account whose set-up is locked, and what ran out unnoticed."""
    rows = RecoveryRequest.objects.select_for_update().filter(account=account, ended_at=None)
    for request in rows:
        end_request(request)


@transaction.atomic
def stop_own_request(request_id: UUID, *, actor: Account) -> None:
    """The owner says no, from any device. Repeating it is harmless. Raises `NotFoundError`."""
    if not RecoveryRequest.objects.filter(pk=request_id, account=actor).exists():
        raise NotFoundError
    _stop(request_id, actor)


@transaction.atomic
def stop_by_mail(request_id: UUID, code: str) -> None:
    """Whoever has the code from the mail says no. Raises `RecoveryEndedError` for a wrong one,
    and for what has ended.
    """
    request = RecoveryRequest.objects.select_related("account").filter(pk=request_id).first()
    if request is None or request.account is None or request.stop_digest is None:
        raise RecoveryEndedError
    if not is_same(request.stop_digest, digest_of(code)):
        raise RecoveryEndedError
    _stop(request_id, request.account)


def _stop(request_id: UUID, owner: Account) -> None:
    RecoverySetup.objects.select_for_update().filter(pk=owner.pk).first()
    request = RecoveryRequest.objects.select_for_update().get(pk=request_id)
    if not request.stands_at(timezone.now()):
        return
    end_request(request)
    audit.record(AuditTag.RECOVERY_STOPPED, actor=owner, subject_id=owner.pk)
    write_to(owner, "sharing.recovery_end")
    record_news(news_for([owner.pk, *holders_of(owner)]))


def holders_of(owner: Account) -> list[UUID]:
    """Whoever holds a share of this account's set-up."""
    return list(RecoveryShare.objects.filter(setup=owner.pk).values_list("contact_id", flat=True))


def tend_requests() -> int:
    """Forget what nobody confirmed, end what ran out, and forget what ended long ago; return how
    many requests were touched.
    """
    now = timezone.now()
    late = RecoveryRequest.objects.filter(expires_at__lte=now, ended_at=None)
    touched, _ = late.filter(account=None).delete()
    for owner in Account.objects.filter(pk__in=late.values("account")).order_by("pk"):
        touched += _end_late(owner)
    old = RecoveryRequest.objects.filter(ended_at__lte=now - COUNTED_FOR)
    return touched + old.delete()[0]


@transaction.atomic
def _end_late(owner: Account) -> int:
    RecoverySetup.objects.select_for_update().filter(pk=owner.pk).first()
    rows = RecoveryRequest.objects.select_for_update().filter(account=owner, ended_at=None)
    ended = 0
    for request in rows.filter(expires_at__lte=timezone.now()):
        end_request(request)
        ended += 1
    if ended:
        record_news(news_for([owner.pk, *holders_of(owner)]))
    return ended
