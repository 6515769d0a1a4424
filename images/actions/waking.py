"""Waking devices: a push without content when the change feed moved on.

What is owed is not written down anywhere. A subscription says how far its device was told, the
feed how far it is, and where the two differ somebody is owed a push: a thousand uploads owe one,
no upload pays for it, and whatever dies in between, the next look finds the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import PushSubscription
from accounts.models.push_subscription import LONGEST_WAIT
from images.models import FeedHead
from pocketvault.kernel import clock, egress, vapid, work
from pocketvault.kernel.egress import EgressFailedError, EgressRefusedError, Reply
from pocketvault.kernel.purposes import WAKE_DEVICES
from pocketvault.kernel.work import Lane, enqueue_on_commit

TASK = "images.wake_devices"
# Between one push to a device and the next.
PAUSE = timedelta(minutes=1)
# How long a push service is left alone that did not answer, or may not be asked.
REST = timedelta(minutes=1)
LONGEST_BACKOFF = timedelta(hours=1)
GIVE_UP = timedelta(days=3)
# How long a push service keeps a push for a device that is switched off.
KEPT_SECONDS = 86_400
SECONDS_TO_ANSWER = 5.0
# Of one job: the lane has others, and an operator may have given it no worker of its own.
ROUND_SECONDS = 20.0
GONE = (404, 410)

Fetch = Callable[..., Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """A device that is being told now. Whoever holds it has a minute for it; ``subscribed_at``
    tells its address from one that comes in its place meanwhile.
    """

    subscription: PushSubscription
    upto: int

    @property
    def row(self) -> QuerySet[PushSubscription]:
        """Its row, as long as it is about the same address."""
        same = {"pk": self.subscription.pk, "subscribed_at": self.subscription.subscribed_at}
        return PushSubscription.objects.filter(**same)


@transaction.atomic
def owe_waking() -> None:
    """Have devices woken, if any is owed it and nobody is at it. One query when none is."""
    if _owed(timezone.now()).exists() and not work.is_at_work(Lane.OUTWARD):
        enqueue_on_commit(TASK, key=TASK)


def wake_devices(fetch: Fetch = egress.fetch) -> int:
    """Tell devices, whoever waited longest first, for some seconds; return how many were asked
    for. What is left is owed again. May run twice at once: a device is taken by one.
    """
    until, asked = time.monotonic() + ROUND_SECONDS, 0
    while (taken := _take()) is not None:
        _wake(taken, fetch)
        asked += 1
        if time.monotonic() >= until:
            with transaction.atomic():
                enqueue_on_commit(TASK, key=TASK)
            break
    return asked


def _owed(now: datetime) -> QuerySet[PushSubscription]:
    head = FeedHead.objects.filter(pk=OuterRef("session__account_id")).values("seq")
    found = PushSubscription.objects.ready(now).annotate(upto=Subquery(head))
    # A restored feed may stand before what was told.
    return found.filter(Q(upto__gt=F("told")) | Q(upto__lt=F("told")))


def _take() -> _Taken | None:
    """The next device, by compare-and-set; killed now, it is owed again in a minute."""
    for _ in range(work.TRIES):
        now = timezone.now()
        found = _owed(now).order_by("not_before", "pk").first()
        if found is None:
            return None
        same = PushSubscription.objects.filter(pk=found.pk, not_before=found.not_before)
        if same.update(not_before=now + PAUSE):
            return _Taken(subscription=found, upto=_upto(found))
    return None


def _upto(found: PushSubscription) -> int:
    seq: int = found.upto  # type: ignore[attr-defined]  # annotated by `_owed`
    return seq


def _wake(taken: _Taken, fetch: Fetch) -> None:
    subscription = taken.subscription
    endpoint = subscription.open().decode()
    try:
        reply = fetch(
            endpoint, purpose=WAKE_DEVICES, method="POST", body=b"",
            headers=_headers(subscription, endpoint), most_bytes=0, seconds=SECONDS_TO_ANSWER,
        )  # fmt: skip
    except (EgressFailedError, EgressRefusedError):
        _let_rest(subscription.service)
        _put_off(taken, "")
        return
    if reply.status in GONE:
        taken.row.delete()
    elif 200 <= reply.status < 300:
        taken.row.update(told=taken.upto, failures=0, failing_since=None)
    else:
        _put_off(taken, reply.headers.get("retry-after", ""))


def _headers(subscription: PushSubscription, endpoint: str) -> dict[str, str]:
    """No content, and one waiting push for each device: a later one takes the place of an
    earlier (RFC 8030, 5.4). The topic is the same for everybody, so it names nobody.
    """
    return {
        "Authorization": vapid.authorization(endpoint, timezone.now()),
        "TTL": str(KEPT_SECONDS),
        "Urgency": subscription.urgency,
        "Topic": "sync",
    }


def _let_rest(service: str) -> None:
    """Ask this push service nothing for a minute: each further device would wait for it again."""
    until = timezone.now() + REST
    resting = PushSubscription.objects.filter(service=service, not_before__lt=until)
    resting.update(not_before=until)


def _put_off(taken: _Taken, retry_after: str) -> None:
    """Try again later, each time later than before, or as the push service asks; after three days
    without one that came through, forget the address. Its app is told so when it asks.
    """
    now, before = timezone.now(), taken.subscription
    since = before.failing_since or now
    if now - since > GIVE_UP and clock.is_believable():
        taken.row.delete()
        return
    backoff = min(PAUSE * 2 ** min(before.failures, 10), LONGEST_BACKOFF)
    wait = max(backoff, _asked_for(retry_after))
    taken.row.update(
        failures=min(before.failures, 1000) + 1, failing_since=since, not_before=now + wait
    )


def _asked_for(retry_after: str) -> timedelta:
    """What a push service asks for, in seconds, within a day. A date counts as nothing: its clock
    may be another's.
    """
    if not (retry_after.isascii() and retry_after.isdecimal() and len(retry_after) <= 6):
        return timedelta(0)
    return min(timedelta(seconds=int(retry_after)), LONGEST_WAIT)
