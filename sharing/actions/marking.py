"""The secrets that watermarks are drawn from, and the numbers that pictures carry.

The newest secret marks; all of them read. A secret stays as long as any number was given under
it, so that a copy found years later still leads somewhere.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from pocketvault.kernel import clock
from pocketvault.kernel.errors import NotFoundError
from sharing.models import Publication, WatermarkNumber, WatermarkSecret

SECRET_BYTES = 32
PAYLOAD_BYTES = 8
ROTATE_AFTER = timedelta(days=180)
# Somebody may be giving a number under a secret that was retired a moment ago.
UNUSED_STAYS = timedelta(days=1)


@transaction.atomic
def number_of(publication: Publication) -> WatermarkNumber:
    """The number that this publication's pictures carry, given to it when it has none, with its
    secret. Safe to repeat: a publication has one number.

    Raises `NotFoundError` if it was withdrawn in the meantime.
    """
    if not Publication.objects.select_for_update().filter(pk=publication.pk).exists():
        raise NotFoundError
    numbers = WatermarkNumber.objects.select_related("secret")
    found = numbers.filter(publication=publication.pk).first()
    if found is not None:
        return found
    return WatermarkNumber.objects.create(
        payload=secrets.token_hex(PAYLOAD_BYTES), secret=secret_for_marks(),
        owner_id=publication.owner_id, publication=publication, made_at=timezone.now(),
    )  # fmt: skip


def secret_for_marks() -> WatermarkSecret:
    """The newest secret, made if there is none."""
    newest = _newest()
    return newest if newest is not None else _make(after=None)


def rotate_watermark_secret() -> None:
    """Make a new secret when the newest is 180 days old, and forget retired ones under which no
    number is left. Waits while the clock is not to be believed.
    """
    newest, now = _newest(), timezone.now()
    if newest is None or not clock.is_believable():
        return
    if now - newest.made_at >= ROTATE_AFTER:
        _make(after=newest)
    numbers = WatermarkNumber.objects.filter(secret=OuterRef("pk"))
    unused = WatermarkSecret.objects.filter(
        ~Exists(numbers), retired_at__lte=now - UNUSED_STAYS
    )
    unused.delete()


def _newest() -> WatermarkSecret | None:
    return WatermarkSecret.objects.order_by("-number").first()


def _make(*, after: WatermarkSecret | None) -> WatermarkSecret:
    """The next secret. Of two who make it at once, one does and the other takes it."""
    number, now = after.number + 1 if after else 1, timezone.now()
    made = WatermarkSecret(number=number, made_at=now)
    try:
        with transaction.atomic():
            made.seal(secrets.token_bytes(SECRET_BYTES)).save(force_insert=True)
            older = WatermarkSecret.objects.filter(retired_at=None, number__lt=number)
            older.update(retired_at=now)
    except IntegrityError:
        return WatermarkSecret.objects.get(pk=number)
    return made
