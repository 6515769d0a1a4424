"""What stands in an archive beside the photos.

How to open it (README.txt, open-archive.html), what every app keeps about the person, and, at its
end, archive.json (what this is, and what could not be read) and manifest-sha256.txt (the SHA-256
of every member but itself). docs/archives.md has all of it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string

from images.custody import album_items
from pocketvault.kernel.bundle import shipped
from pocketvault.kernel.custody import ExportItem, custodians
from rights.actions.stretching import Packer, opened_stretches
from rights.archives.zip64 import end_records
from rights.models import Archive

FORMAT = 1
MANIFEST = "manifest-sha256.txt"
OPENER = "open-archive.html"


@dataclass(slots=True)
class Tally:
    """What the stretches before the closing come to. ``crc`` is that of all manifest lines."""

    members: int = 0
    lines: int = 0
    crc: int = 0
    missing: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, archive: Archive) -> Tally:
        """Count them."""
        tally = cls()
        for stretch in opened_stretches(archive):
            tally.members += stretch.members
            tally.lines += len(stretch.lines)
            tally.crc = zlib.crc32(stretch.lines, tally.crc)
            tally.missing += stretch.missing
        return tally


def front_items(archive: Archive) -> Iterator[ExportItem]:
    """How to open it, and everything but the photos themselves."""
    readme = render_to_string(
        "rights/archive-readme.txt", {"address": settings.PUBLIC_URL, "day": archive.asked_at}
    )
    yield ExportItem.holding(readme.encode(), path="README.txt", media_type="text/plain")
    yield ExportItem.holding(shipped(OPENER), path=OPENER, media_type="text/html")
    yield from rest_of(archive.owner_id)


def rest_of(subject_id: UUID) -> Iterator[ExportItem]:
    """What every custodian exports, but of images only what is not about one of them."""
    for custodian in custodians():
        if custodian.app_label == "images":
            yield from album_items(subject_id)
        else:
            yield from custodian.export(subject_id)


def add_manifest(packer: Packer, archive: Archive) -> tuple[int, bytes]:
    """Add the facts and the manifest; the number of all members, and the records of these two."""
    tally = Tally.of(archive)
    packer.add_item(_facts(archive, tally))
    own_lines, own_records = bytes(packer.stretch.lines), bytes(packer.stretch.records)
    own_records += packer.begin_member(
        MANIFEST, size=tally.lines + len(own_lines), crc=zlib.crc32(own_lines, tally.crc)
    )
    for stretch in opened_stretches(archive):
        packer.say(bytes(stretch.lines))
    packer.say(own_lines)
    return tally.members + 2, own_records


def add_directory(packer: Packer, archive: Archive, closing: tuple[int, bytes]) -> None:
    """Add the directory of all members, and what ends the file."""
    members, own_records = closing
    start = packer.end
    for stretch in opened_stretches(archive):
        packer.say(bytes(stretch.records))
    packer.say(own_records)
    packer.say(end_records(members=members, start=start, length=packer.end - start))


def _facts(archive: Archive, tally: Tally) -> ExportItem:
    facts = {
        "format": FORMAT,
        "service": settings.PUBLIC_URL,
        "archive_id": str(archive.pk),
        "account_id": str(archive.owner_id),
        "asked_at": archive.asked_at.isoformat(timespec="seconds"),
        "members": tally.members,
        "missing": tally.missing,
    }
    text = json.dumps(facts, indent=2).encode()
    return ExportItem.holding(text, path="archive.json", media_type="application/json")
