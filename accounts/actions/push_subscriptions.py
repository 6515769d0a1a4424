"""Which devices want to be woken, and where their push services are."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.errors import BadPushAddressError, UnknownPushServiceError
from accounts.guards import require_open_vault
from accounts.models import AccountSession, PushSubscription
from pocketvault.kernel import egress
from pocketvault.kernel.egress import EgressRefusedError
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.purposes import WAKE_DEVICES

LONGEST_ENDPOINT = 2000


@transaction.atomic
def subscribe(session: AccountSession, endpoint: str, urgency: str) -> None:
    """Wake this device through its push service, in place of an older address of it. The same
    address again changes nothing but the urgency, so an app may say it at each start.

    Nothing is sent to find out whether the address is good. Raises `VaultShutError`,
    `BadPushAddressError`, and `UnknownPushServiceError` for a service that is not in the register.
    """
    require_open_vault(session)
    service = _service_of(endpoint)
    known = PushSubscription.objects.select_for_update().filter(session=session).first()
    if known is not None and known.open() == endpoint.encode():
        known.urgency = urgency
        known.save(update_fields=["urgency"])
        return
    PushSubscription.objects.filter(session=session).delete()
    now = timezone.now()
    made = PushSubscription(
        session=session, service=service, urgency=urgency, subscribed_at=now, not_before=now
    )
    made.seal(endpoint.encode()).save(force_insert=True)


def unsubscribe(session: AccountSession) -> None:
    """Wake this device no more. Safe to repeat."""
    PushSubscription.objects.filter(session=session).delete()


@transaction.atomic
def unsubscribe_other(session_id: UUID, *, account_id: UUID) -> None:
    """Wake a device of the same account no more. Safe to repeat. Raises `NotFoundError`."""
    if not AccountSession.objects.owned_by(account_id).filter(pk=session_id).exists():
        raise NotFoundError
    PushSubscription.objects.filter(session=session_id).delete()


def _service_of(endpoint: str) -> str:
    try:
        service = egress.host_of(endpoint)
    except EgressRefusedError as error:
        raise BadPushAddressError from error
    if len(endpoint) > LONGEST_ENDPOINT:
        raise BadPushAddressError
    if not egress.may_ask(service, WAKE_DEVICES):
        raise UnknownPushServiceError(services=egress.hosts_for(WAKE_DEVICES))
    return service
