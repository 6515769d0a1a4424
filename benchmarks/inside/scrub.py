"""A round of the scrub over photos that are really stored."""

from __future__ import annotations

import hashlib
import secrets
import time
from datetime import timedelta

from django.utils import timezone

from benchmarks.inside import library
from benchmarks.rounds import interleaved
from images.actions.scrubbing import scrub_store
from images.models import ImagePart, PartName, ReadingDay
from pocketvault.kernel.blobs import store

LONG_AGO = timedelta(days=40)
CHUNK_BYTES = 256 * 1024


def run(rounds: int, images: int, original_bytes: int) -> dict[str, list[float]]:
    """Megabytes a second, round by round."""
    library.fill(library.make_owner(), images)
    ImagePart.objects.exclude(name=PartName.ORIGINAL).delete()
    content = secrets.token_bytes(original_bytes)
    for part in ImagePart.objects.all():
        store().put(part.blob_key, [content])
    ImagePart.objects.update(sha256=hashlib.sha256(content).digest(), bytes=original_bytes)
    megabytes = images * original_bytes / 1e6

    def scrub() -> float:
        ImagePart.objects.update(read_at=timezone.now() - LONG_AGO)
        ReadingDay.objects.all().delete()
        started = time.perf_counter()
        if scrub_store() != images:
            raise AssertionError("not everything was read")
        seconds = time.perf_counter() - started
        if ImagePart.objects.filter(is_damaged=True).exists():
            raise AssertionError("sound bytes were called damaged")
        return megabytes / seconds

    def alone() -> float:
        started = time.perf_counter()
        for _ in range(images):
            digest = hashlib.sha256()
            for at in range(0, original_bytes, CHUNK_BYTES):
                digest.update(content[at : at + CHUNK_BYTES])
        return megabytes / (time.perf_counter() - started)

    return interleaved(rounds, {"scrub": scrub, "sha256": alone})
