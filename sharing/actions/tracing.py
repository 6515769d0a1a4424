"""Following a found copy back to the publication it shows.

A person learns of their own publications only; whatever else the copy may show is "nothing" to
them. Staff learn of all. The copy itself is kept nowhere.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from pocketvault.kernel.errors import UnavailableError
from sharing.models import Publication, WatermarkNumber
from sharing.publication_archive import PublicationArchive, largest_picture, reading_keys
from sharing.tracing.doors import Compared, compare_pictures, look
from sharing.tracing.errors import UnreadableCopyError
from sharing.tracing.tracing import Trace, trace

_SECONDS_UNTIL_ROOM = 30


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TracedCopy:
    """A trace with the rows it led to.

    ``publication`` and ``number`` are those the trace speaks of, if they are still there.
    ``compared`` is there when the copy shows the publication, and its picture can be read.
    """

    sha256: bytes
    bytes: int
    traced_at: datetime
    trace: Trace
    publication: Publication | None
    number: WatermarkNumber | None
    compared: Compared | None


def trace_own_copy(copy: bytes, *, actor: Account) -> TracedCopy:
    """Which of the actor's own publications a copy shows. Raises `UnreadableCopyError`, and
    `UnavailableError` when the machine has no room for it now.
    """
    return _trace(copy, PublicationArchive(actor), actor)


def trace_any_copy(copy: bytes, *, actor: Account) -> TracedCopy:
    """Which publication of anybody a copy shows: for staff, and written into the trail."""
    return _trace(copy, PublicationArchive(None), actor)


def _trace(copy: bytes, archive: PublicationArchive, actor: Account) -> TracedCopy:
    try:
        found = trace(look(copy, reading_keys()), archive)
        publication = _row(found)
        compared = _compared(copy, found, publication)
    except OSError as error:
        raise UnavailableError(retry_after=_SECONDS_UNTIL_ROOM) from error
    subject = publication.pk if publication else actor.pk
    audit.record(AuditTag.COPY_TRACED, actor=actor, subject_id=subject)
    return TracedCopy(
        sha256=hashlib.sha256(copy).digest(),
        bytes=len(copy),
        traced_at=timezone.now(),
        trace=found,
        publication=publication,
        number=archive.number(found.mark) if found.mark else None,
        compared=compared,
    )


def _row(found: Trace) -> Publication | None:
    if found.publication is None:
        return None
    return Publication.objects.filter(pk=found.publication).first()


def _compared(copy: bytes, found: Trace, publication: Publication | None) -> Compared | None:
    """None when there is nothing to compare, or the comparison went beyond its limits: the
    trace stands without it.
    """
    movement = found.confirmation.homography
    picture = largest_picture(publication) if publication and movement is not None else None
    if picture is None or movement is None:
        return None
    try:
        return compare_pictures(picture, copy, movement, found.published_size)
    except UnreadableCopyError:
        return None
