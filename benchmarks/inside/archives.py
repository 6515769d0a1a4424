"""Packing an archive of photos that are really stored, and telling it as a download does."""

from __future__ import annotations

import hashlib
import os
import secrets
import subprocess
import time
from pathlib import Path

from django.conf import settings
from django.test import RequestFactory

from benchmarks.inside import library
from benchmarks.rounds import interleaved
from images.delivery import deliver_assembled
from images.models import ImagePart, PartName
from pocketvault.kernel.blobs import store
from pocketvault.kernel.purposes import PACK_ARCHIVES
from rights.actions.archives import ask_for_archive, forget_archives
from rights.actions.packing import pack_archive
from rights.archive_reading import assembled
from rights.models import Archive, ArchiveState


def run(rounds: int, images: int, original_bytes: int) -> dict[str, list[float]]:
    """Megabytes a second, round by round. Leaves one that is asked for."""
    owner = library.make_owner()
    library.fill(owner, images)
    ImagePart.objects.exclude(name=PartName.ORIGINAL).delete()
    content = secrets.token_bytes(original_bytes)
    for part in ImagePart.objects.all():
        store().put(part.blob_key, [content])
    ImagePart.objects.update(sha256=hashlib.sha256(content).digest(), bytes=original_bytes)
    megabytes = images * original_bytes / 1e6

    def pack() -> float:
        forget_archives(Archive.objects.all())
        asked = ask_for_archive(actor=owner)
        started = time.perf_counter()
        pack_archive(asked.pk, seconds=3600)
        seconds = time.perf_counter() - started
        if Archive.objects.get().state != ArchiveState.READY or Archive.objects.get().missing:
            raise AssertionError("the archive is not whole")
        return megabytes / seconds

    def tell() -> float:
        archive = Archive.objects.get()
        request = RequestFactory().get("/")
        target = Path(settings.VAR_DIR) / "taken"
        started = time.perf_counter()
        answer = deliver_assembled(assembled(archive), request, purpose=PACK_ARCHIVES)
        with target.open("wb") as file:
            for chunk in answer.streaming_content:  # type: ignore[attr-defined]
                file.write(chunk)
            os.fsync(file.fileno())
        seconds = time.perf_counter() - started
        if target.stat().st_size != archive.size:
            raise AssertionError("not all of it was told")
        target.unlink()
        return megabytes / seconds

    def cat() -> float:
        paths = [store().local_path(part.blob_key) for part in ImagePart.objects.all()]
        target = Path(settings.VAR_DIR) / "copied"
        started = time.perf_counter()
        with target.open("wb") as file:
            subprocess.run(["cat", *map(str, paths)], stdout=file, check=True)
            os.fsync(file.fileno())
        seconds = time.perf_counter() - started
        target.unlink()
        return megabytes / seconds

    found = interleaved(rounds, {"pack": pack, "tell": tell, "cat": cat})
    forget_archives(Archive.objects.all())
    ask_for_archive(actor=owner)
    return found
