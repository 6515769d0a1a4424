"""Copies that somebody found: one case for each host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from images.models import Image
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.work import enqueue_on_commit
from rights.actions.case_journal import journaled
from rights.models import Takedown, TakedownImage, TakedownTarget
from rights.takedown.actions.moving import move_case, note_event
from rights.takedown.addresses import read_address
from rights.takedown.errors import TooManyTakedownsError
from rights.takedown.machine import Deed

MOST_OPEN = 200
MOST_ADDRESSES = 50
MOST_IMAGES = 50
REPORTED = "reported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody reports: addresses, photos of theirs by id, and hashes of pictures that their
    own device made (32 bytes each).
    """

    urls: Sequence[str]
    image_ids: Sequence[UUID] = ()
    hashes: Sequence[bytes] = ()
    ends_with_photo: bool = False


@journaled()
def report_copies(report: Report, *, actor: Account) -> list[Takedown]:
    """Open a case for each host. Nothing is fetched yet: a task does that.

    Raises `BadAddressError`, `NotFoundError` for photos that are not the person's, and
    `TooManyTakedownsError`.
    """
    by_host = sorted_by_host(report.urls)
    image_ids = list(dict.fromkeys(report.image_ids))
    if Image.objects.owned_by(actor).filter(pk__in=image_ids).count() != len(image_ids):
        raise NotFoundError
    if Takedown.objects.owned_by(actor).open_ones().count() + len(by_host) > MOST_OPEN:
        raise TooManyTakedownsError
    return [open_case(host, urls, report, actor) for host, urls in by_host.items()]


def sorted_by_host(urls: Sequence[str]) -> dict[str, list[str]]:
    """Addresses in their one form, each once. Raises `BadAddressError`."""
    by_host: dict[str, list[str]] = {}
    for url in dict.fromkeys(urls):
        address = read_address(url.strip())
        same_host = by_host.setdefault(address.host, [])
        if address.url not in same_host:
            same_host.append(address.url)
    return by_host


def withdraw_case(case_id: UUID, *, actor: Account) -> None:
    """The person ends it. Safe to repeat. Raises `NotFoundError`."""
    case = case_of(actor, case_id)
    if case.closed_at is None:
        move_case(case.pk, Deed.WITHDRAW, actor_id=actor.pk)
        audit.record(AuditTag.TAKEDOWN_ENDED, actor=actor, subject_id=case.pk)


def case_of(account: Account, case_id: UUID) -> Takedown:
    """A case of this person's. Raises `NotFoundError`."""
    case = Takedown.objects.owned_by(account).filter(pk=case_id).first()
    if case is None:
        raise NotFoundError
    return case


def end_with_photos(images: Sequence[Image]) -> None:
    """Photos go: close the cases whose person chose that, once none of their photos is left.
    In the transaction of the deletion; all other cases go on.
    """
    going = [image.pk for image in images]
    rows = TakedownImage.objects.filter(image_id__in=going, takedown__ends_with_photo=True)
    ids = set(rows.filter(takedown__closed_at=None).values_list("takedown_id", flat=True))
    still = TakedownImage.objects.filter(takedown__in=ids).exclude(image_id__in=going)
    left = set(
        still.filter(image_id__in=Image.objects.values("pk")).values_list("takedown_id", flat=True)
    )
    for case_id in sorted(ids - left):
        move_case(case_id, Deed.WITHDRAW, note="photo deleted")


def open_case(
    host: str, urls: list[str], report: Report, actor: Account | None, *, language: str = ""
) -> Takedown:
    """One case, in the caller's `journaled` block; without ``actor`` for somebody who proved an
    address and no more, and who reads ``language``.
    """
    case = Takedown.objects.create(
        owner=actor, host=host, reported_at=timezone.now(), language=language,
        ends_with_photo=report.ends_with_photo,
    )  # fmt: skip
    for number, url in enumerate(urls):
        TakedownTarget(takedown=case, number=number).seal(url.encode()).save(force_insert=True)
    TakedownImage.objects.bulk_create(
        [
            *(TakedownImage(takedown=case, image_id=each) for each in report.image_ids),
            *(TakedownImage(takedown=case, pdq=each) for each in report.hashes),
        ]
    )
    note_event(case, REPORTED, actor_id=None if actor is None else actor.pk)
    audit.record(AuditTag.TAKEDOWN_OPENED, actor=actor, subject_id=case.pk)
    enqueue_on_commit("rights.gather_evidence", str(case.pk), key=f"gather:{case.pk}")
    return case
