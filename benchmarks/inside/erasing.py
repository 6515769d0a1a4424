"""An account of so many photos that is closed, and the worker that erases it batch by batch."""

from __future__ import annotations

import secrets
import time
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import Account
from benchmarks.inside import library
from benchmarks.inside.signed_in import token_of
from images.actions.disposal import purge_images
from images.models import Image
from pocketvault.kernel.ids import uuid7
from rights.actions.erasing import erase_account
from rights.models import Closing

BATCH = 500
KEPT = 2_000


def run(step: str, **options: Any) -> dict[str, Any]:
    """``fill``, then ``erase``: the web process is started between the two."""
    return {"fill": _fill, "erase": _erase}[step](**options)


def _fill(images: int, batches: int) -> dict[str, Any]:
    """The tables as large as they get; images purged a second by one worker, batch by batch; the
    closing that waits; and the token of somebody who stays.
    """
    leaver, keeper, other = (library.make_owner() for _ in range(3))
    library.fill(leaver, images)
    library.fill(other, KEPT)
    purged = library.fill(keeper, (batches + 1) * BATCH)
    purge_images(purged[-BATCH:], actor=keeper)
    rates = [_rate(purged[n * BATCH : (n + 1) * BATCH], keeper) for n in range(batches)]
    return {"rates": rates, "closing": str(_closing(leaver)), "token": token_of(other)}


def _rate(ids: list[UUID], owner: Account) -> float:
    started = time.perf_counter()
    purge_images(ids, actor=owner)
    return len(ids) / (time.perf_counter() - started)


def _closing(leaver: Account) -> UUID:
    now = timezone.now()
    Account.objects.filter(pk=leaver.pk).update(is_active=False)
    leaver.refresh_from_db()
    closing = Closing(
        pk=uuid7(), account_id=leaver.pk, secret_digest=secrets.token_bytes(32), asked_at=now,
        starts_at=now, begun_at=now, images_total=leaver.image_count,
    ).seal(b"{}")  # fmt: skip
    closing.save(force_insert=True)
    return closing.pk


def _erase(closing: str) -> dict[str, Any]:
    """Seconds until no row of the account is left, turn by turn as a worker takes them."""
    owner = Closing.objects.get(pk=closing).account_id
    started, used = time.perf_counter(), time.process_time()
    while not erase_account(UUID(closing)):
        pass
    seconds, used = time.perf_counter() - started, time.process_time() - used
    if Image.objects.filter(owner=owner).exists() or Account.objects.filter(pk=owner).exists():
        raise AssertionError("something is left")
    return {"seconds": seconds, "processor": used}
