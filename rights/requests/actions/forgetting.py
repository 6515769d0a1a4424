"""Letting go of requests whose time is over."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from pocketvault.kernel import clock
from pocketvault.kernel.custody import BATCH_ROWS
from rights.models import (
    DataRequest,
    IntakeMail,
    RequestChannel,
    RequestEvent,
    RequestLetter,
    RequestState,
)

# How long a code is waited for.
CODE_LIFETIME = timedelta(hours=24)
# As long as somebody could still go to court about it.
KEPT_FOR = timedelta(days=3 * 365)
# What people did by themselves proves itself elsewhere: receipts, consents, the log.
SELF_KEPT_FOR = timedelta(days=365)


def let_go_of_account(account_id: UUID) -> int:
    """Remove what the requests of an account say, a batch at a time; return how many went.

    The rows stay as counts. What was open is closed: there is nobody left to answer.
    """
    found = DataRequest.objects.filter(account_id=account_id).order_by("pk")[:BATCH_ROWS]
    requests = list(found)
    RequestEvent.objects.filter(request__in=requests).delete()
    RequestLetter.objects.filter(request__in=requests).delete()
    now = timezone.now()
    for request in requests:
        request.account_id = None
        if request.state in (RequestState.OPEN, RequestState.UNCONFIRMED):
            request.state, request.closed_at = RequestState.CLOSED, now
        request.seal(b"")
    columns = ["account_id", "state", "closed_at", "sealed", "epoch_number"]
    DataRequest.objects.bulk_update(requests, columns)
    return len(requests)


@transaction.atomic
def forget_old_requests() -> int:
    """Drop what no code confirmed within a day, and what was closed long ago, by a clock that is
    believed.
    """
    if not clock.is_believable():
        return 0
    now = timezone.now()
    unconfirmed = Q(state=RequestState.UNCONFIRMED, received_at__lte=now - CODE_LIFETIME)
    own = Q(channel=RequestChannel.SELF, closed_at__lte=now - SELF_KEPT_FOR)
    old = Q(closed_at__lte=now - KEPT_FOR)
    IntakeMail.objects.filter(read_at__lte=now - KEPT_FOR).delete()
    return DataRequest.objects.filter(unconfirmed | own | old).delete()[0]
