"""Withholding: a publication is shown to nobody but its owner, until it is reinstated.

Who decides that is a layer above. Whatever serves anything looks at ``withheld_at`` each time, so
the page, the card and every picture are gone, and come back, with the next request.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from images.actions.feed import News, record_news
from sharing.alike import SAME_WITHIN, nearest_distance
from sharing.feed import SharedKind
from sharing.models import BlockedPicture, Profile, Publication, PublicReport
from sharing.models.publication import PublicationQuerySet

BATCH = 10_000
# Why a publication is refused that looks like one that was withheld.
WITHHELD_BEFORE = "withheld_before"


@transaction.atomic
def withhold(
    publication_ids: Collection[UUID], *, at: datetime, actor: Account | None
) -> int:
    """Show these to nobody from now on. Those that are withheld already stay as they are."""
    written = _write(Publication.objects.filter(withheld_at=None), publication_ids, at)
    audit.record_many(AuditTag.PUBLICATION_WITHHELD, actor=actor, subject_ids=written)
    return len(written)


@transaction.atomic
def reinstate(publication_ids: Collection[UUID], *, actor: Account | None) -> int:
    """Show them again."""
    withheld = Publication.objects.exclude(withheld_at=None)
    written = _write(withheld, publication_ids, None)
    audit.record_many(AuditTag.PUBLICATION_REINSTATED, actor=actor, subject_ids=written)
    return len(written)


@transaction.atomic
def withhold_profile(owner_id: UUID, *, at: datetime, actor: Account | None) -> bool:
    """Show a whole profile to nobody from now on: its page, its words, and every photo that is
    or will be on it. False where there is none, or it is withheld already.
    """
    shown = Profile.objects.filter(pk=owner_id, withheld_at=None)
    return _write_profile(shown, owner_id, at, AuditTag.PROFILE_WITHHELD, actor)


@transaction.atomic
def reinstate_profile(owner_id: UUID, *, actor: Account | None) -> bool:
    """Show it again, but for photos that are withheld by themselves."""
    withheld = Profile.objects.filter(pk=owner_id).exclude(withheld_at=None)
    return _write_profile(withheld, owner_id, None, AuditTag.PROFILE_REINSTATED, actor)


@transaction.atomic
def block_pictures(
    publication_ids: Collection[UUID], *, case_id: UUID, ends_at: datetime
) -> int:
    """Let nobody publish these pictures again before that time. Safe to repeat."""
    hashes = Publication.objects.filter(pk__in=publication_ids).exclude(pdq=b"")
    known = {bytes(row.pdq) for row in BlockedPicture.objects.filter(case_id=case_id)}
    new = {bytes(value) for value in hashes.values_list("pdq", flat=True)} - known
    BlockedPicture.objects.bulk_create(
        BlockedPicture(pdq=value, case_id=case_id, blocked_at=timezone.now(), ends_at=ends_at)
        for value in sorted(new)
    )
    return len(new)


@transaction.atomic
def unblock_pictures(case_id: UUID) -> int:
    """Let these pictures be published again."""
    count, _ = BlockedPicture.objects.filter(case_id=case_id).delete()
    return count


@transaction.atomic
def bar_from_publishing(owner_id: UUID, until: datetime | None) -> None:
    """Let an account publish nothing new before that time, or at once."""
    Profile.objects.filter(pk=owner_id).update(barred_until=until)


@transaction.atomic
def settle_report(report_id: UUID) -> None:
    """A report was dealt with; a year later it is forgotten."""
    PublicReport.objects.filter(pk=report_id, settled_at=None).update(settled_at=timezone.now())


def cases_that_block(ways: bytes) -> list[UUID]:
    """The cases that withheld a picture like this one, the nearest first. ``ways`` are its hashes
    as `Publication.ways` has them: a mirrored or turned copy is the same picture.
    """
    if not ways:
        return []
    standing = BlockedPicture.objects.filter(ends_at__gt=timezone.now())
    return _nearest(ways, standing.order_by("pk").values_list("case_id", "pdq").iterator(BATCH))


def publications_like(ways: bytes) -> list[UUID]:
    """Every publication of anybody that shows this picture, also mirrored or turned, the nearest
    first.
    """
    if not ways:
        return []
    rows = Publication.objects.exclude(pdq=b"").order_by("pk")
    return _nearest(ways, rows.values_list("pk", "pdq").iterator(BATCH))


def _nearest(ways: bytes, rows: Iterable[tuple[UUID, bytes | memoryview]]) -> list[UUID]:
    near = ((nearest_distance(ways, bytes(value)), key) for key, value in rows)
    return [key for far, key in sorted(near) if far <= SAME_WITHIN]


def _write_profile(
    rows: QuerySet[Profile], owner_id: UUID, withheld_at: datetime | None, tag: AuditTag,
    actor: Account | None,
) -> bool:  # fmt: skip
    if not rows.update(withheld_at=withheld_at):
        return False
    record_news([News(account_id=owner_id, kind=SharedKind.PROFILE, object_id=owner_id)])
    audit.record(tag, actor=actor, subject_id=owner_id)
    return True


def _write(
    rows: PublicationQuerySet, publication_ids: Collection[UUID], withheld_at: datetime | None
) -> list[UUID]:
    locked = rows.select_for_update().filter(pk__in=publication_ids).order_by("pk")
    owners = dict(locked.values_list("pk", "owner_id"))
    Publication.objects.filter(pk__in=list(owners)).update(withheld_at=withheld_at)
    record_news([
        News(account_id=owner_id, kind=SharedKind.PUBLICATION, object_id=pk)
        for pk, owner_id in owners.items()
    ])  # fmt: skip
    return list(owners)
