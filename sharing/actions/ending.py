"""Ending everything that an account shares.

It needs no entry in a history: whoever wants out must not have to wait for a signature. The
owner's device signs afterwards what ended, and replaces the album keys.

Every way in is shut first, in one transaction. What is then left to take away - what was shown
to everyone, and the photos that others put in - may be many thousands of rows, and goes in
batches: the rows are the only memory, so whatever is killed, the next batch goes on.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from images.actions.feed import News, record_news
from pocketvault.kernel.custody import BATCH_ROWS
from sharing.actions.collecting import end_collect_links
from sharing.actions.links import end_links
from sharing.actions.reach import cut_grants, lock_albums, take_out
from sharing.actions.withdrawing import drop_publications, lock_profile
from sharing.feed import SharedKind
from sharing.models import (
    CollectLink,
    Grant,
    Profile,
    Publication,
    SharedAlbum,
    SharedItem,
    ShareLink,
)

# What an ordinary account shows, and what others put into its albums.
BATCHES_AT_ONCE = 2


@transaction.atomic
def end_everything(*, actor: Account) -> None:
    """End every grant and link to the actor's albums, every collect link, and every publication.

    From the moment it commits nobody but the actor opens anything of theirs. What others put
    into those albums goes back to them; what guests brought stays with the actor.
    """
    news = _shut(actor)
    while (batch := _take_batch(actor, timezone.now())) is not None:
        news += batch
    record_news(news)


@transaction.atomic
def begin_to_end_everything(*, actor: Account) -> bool:
    """`end_everything` for somebody who may have too much for one transaction: shut every way
    in, and take away the first batches. Whether something is left, for `end_some` to go on with;
    the profile is closed then, so that what is left of it is shown to nobody.
    """
    news, now = _shut(actor), timezone.now()
    for _ in range(BATCHES_AT_ONCE):
        batch = _take_batch(actor, now)
        if batch is None:
            break
        news += batch
    is_left = _shown_by(actor, now).exists() or _left_behind(actor.pk).exists()
    if is_left and Profile.objects.filter(pk=actor.pk, is_open=True).update(is_open=False):
        news.append(News(account_id=actor.pk, kind=SharedKind.PROFILE, object_id=actor.pk))
    record_news(news)
    return is_left


@transaction.atomic
def end_some(*, actor: Account, before: datetime) -> bool:
    """Take away one batch of what was left; False when there was none. Nothing that the actor
    showed or shared after ``before`` is touched. Safe to repeat.
    """
    batch = _take_batch(actor, before)
    record_news(batch or [])
    return batch is not None


def _shut(actor: Account) -> list[News]:
    """Every way in, in the caller's transaction; what is to be told of it."""
    lock_profile(actor.pk)
    shared = SharedAlbum.objects.filter(album__owner=actor)
    album_ids = list(shared.values_list("pk", flat=True))
    lock_albums(album_ids)
    news = cut_grants(album_ids)
    linked = end_links(ShareLink.objects.owned_by(actor), actor=actor)
    collecting = end_collect_links(CollectLink.objects.owned_by(actor), actor=actor)
    shared.filter(pk__in=linked, rotation_due_at=None).update(rotation_due_at=timezone.now())
    audit.record(AuditTag.ALL_SHARING_ENDED, actor=actor, subject_id=actor.pk)
    named = [(SharedKind.SHARED_ALBUM, each) for each in linked]
    named += [(SharedKind.COLLECT_LINK, each) for each in collecting]
    own = [News(account_id=actor.pk, kind=kind, object_id=object_id) for kind, object_id in named]
    return [*news, *own]


def _take_batch(actor: Account, before: datetime) -> list[News] | None:
    """Some of what nobody is to see any more, in as many queries however much it is; what is to
    be told of it. None when nothing is left.
    """
    lock_profile(actor.pk)
    shown = _shown_by(actor, before).order_by("pk").values_list("pk", flat=True)
    if ids := list(shown[:BATCH_ROWS]):
        chosen = Publication.objects.filter(pk__in=ids)
        return drop_publications(chosen, actor=actor, keeps_number=False)
    left = _left_behind(actor.pk).order_by("pk").values_list("pk", "shared_album_id")
    rows = list(left[:BATCH_ROWS])
    if not rows:
        return None
    lock_albums({album_id for _, album_id in rows})
    return take_out(SharedItem.objects.filter(pk__in=[pk for pk, _ in rows]))


def _shown_by(owner: Account, before: datetime) -> QuerySet[Publication]:
    return Publication.objects.owned_by(owner).filter(made_at__lte=before)


def _left_behind(owner_id: UUID) -> QuerySet[SharedItem]:
    """What people put into albums of this owner that they no longer reach."""
    whoever = OuterRef("added_by_id")
    reaching = Grant.objects.filter(
        Q(account=whoever) | Q(group__members__account=whoever),
        shared_album=OuterRef("shared_album"),
    )
    others = SharedItem.objects.filter(shared_album__album__owner=owner_id).exclude(
        added_by_id=owner_id
    )
    return others.filter(~Exists(reaching))
