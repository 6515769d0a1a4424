"""Erasing one account batch by batch, while somebody else writes and reads all the time."""

from __future__ import annotations

import secrets
import threading
import time
from uuid import UUID

from django.db import connection
from django.utils import timezone

from accounts.models import Account, Preferences
from benchmarks.inside import library
from images.actions.disposal import purge_images
from images.models import Image
from pocketvault.kernel.ids import uuid7
from rights.actions.erasing import erase_account
from rights.models import Closing

BATCH = 500


def run(images: int, batches: int) -> dict[str, list[float]]:
    """Images purged a second by one worker, batch by batch; seconds for an account of so many
    images; and how many milliseconds each write of somebody else took meanwhile.
    """
    # First the tables are as large as they get: a batch must not cost more for it.
    leaver, keeper = library.make_owner(), library.make_owner()
    library.fill(leaver, images)
    purged = library.fill(keeper, (batches + 1) * BATCH)
    purge_images(purged[-BATCH:], actor=keeper)
    rates = [_rate(purged[n * BATCH : (n + 1) * BATCH], keeper) for n in range(batches)]
    seconds, waits = _erase(leaver)
    return {"rate": rates, "seconds": [seconds], "waits": waits}


def _rate(ids: list[UUID], owner: Account) -> float:
    started = time.perf_counter()
    purge_images(ids, actor=owner)
    return len(ids) / (time.perf_counter() - started)


def _erase(leaver: Account) -> tuple[float, list[float]]:
    now = timezone.now()
    Account.objects.filter(pk=leaver.pk).update(is_active=False)
    closing = Closing(
        pk=uuid7(), account_id=leaver.pk, secret_digest=secrets.token_bytes(32), asked_at=now,
        starts_at=now, begun_at=now, images_total=leaver.image_count,
    ).seal(b"{}")  # fmt: skip
    closing.save(force_insert=True)
    waits: list[float] = []
    is_over = threading.Event()
    other = threading.Thread(target=_live, args=[library.make_owner(), waits, is_over])
    other.start()
    started = time.perf_counter()
    while not erase_account(closing.pk):
        pass
    seconds = time.perf_counter() - started
    is_over.set()
    other.join()
    if Image.objects.filter(owner=leaver.pk).exists() or not waits:
        raise AssertionError("something is left, or nobody was served")
    return seconds, waits


def _live(account: Account, waits: list[float], is_over: threading.Event) -> None:
    """Change something every 50 ms, as an app does."""
    try:
        while not is_over.wait(0.05):
            started = time.perf_counter()
            Preferences.objects.update_or_create(
                account=account, defaults={"recycle_bin_days": len(waits) % 8}
            )
            waits.append((time.perf_counter() - started) * 1000)
    finally:
        connection.close()
