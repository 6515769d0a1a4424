"""Ending everything that an account shares.

It needs no entry in a history: whoever wants out must not have to wait for a signature. The
owner's device signs afterwards what ended, and replaces the album keys.

Whoever shares little has it ended in one transaction. Of what is more, each way in is shut in
batches, and nobody is told that it is over before the last one is; what is then left to take
away - what was shown to everyone, and the photos that others put in - is seen by nobody, and
goes in batches as well. The rows are the only memory, so whatever is killed, the next batch
goes on: an `Ending` says until when, and a closing says it for its own account.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from images.actions.feed import News, record_news
from pocketvault.kernel.custody import BATCH_ROWS
from pocketvault.kernel.turns import give_way
from pocketvault.kernel.work import enqueue_on_commit
from sharing.actions.collecting import end_collect_links
from sharing.actions.links import end_links
from sharing.actions.reach import albums_of, cut_grants, lock_albums, take_out
from sharing.actions.withdrawing import drop_publications, lock_profile
from sharing.feed import SharedKind
from sharing.models import (
    CollectLink,
    Ending,
    Grant,
    Profile,
    Publication,
    SharedAlbum,
    SharedItem,
    ShareLink,
)
from sharing.models.collect import CollectLinkQuerySet
from sharing.models.link import ShareLinkQuerySet

# What an ordinary account shares and shows, and what others put into its albums.
BATCHES_AT_ONCE = 2
# How long one job goes on before it owes itself again: far shorter than its lease.
TURN_SECONDS = 60.0


def _nothing_more() -> None:
    """What is done at the end, where nobody asked for anything."""


def end_sharing(*, actor: Account, then: Callable[[], None] = _nothing_more) -> None:
    """End every grant and link to the actor's albums, every collect link, and every publication.

    When this returns nobody but the actor opens anything of theirs. What others put into those
    albums goes back to them; what guests brought stays with the actor. Of whoever shares a lot,
    some of that goes later; their profile is closed then. ``then`` is called in the transaction
    that shuts the last way in. Killed before, all of it ends within minutes.
    """
    if _end_little(actor, then):
        return
    before = _intend(actor)
    while _cut_batch(actor, before):
        give_way()
    with transaction.atomic():
        then()


def shut_ways(*, actor: Account) -> None:
    """Shut the ways in of somebody who has many, before a transaction that must end them all: it
    finds few. What it is to take over is owed until then.
    """
    if _ways(actor, timezone.now()) <= BATCHES_AT_ONCE * BATCH_ROWS:
        return
    before = _intend(actor)
    while _cut_batch(actor, before):
        give_way()


@transaction.atomic
def _end_little(actor: Account, then: Callable[[], None]) -> bool:
    """All at once, if it is no more than a few batches."""
    now = timezone.now()
    shared = SharedItem.objects.filter(shared_album__album__owner=actor)
    brought = shared.exclude(added_by_id=actor.pk).count()
    much = _ways(actor, now) + _shown_by(actor, now).count() + brought
    if much > BATCHES_AT_ONCE * BATCH_ROWS:
        return False
    end_everything(actor=actor)
    then()
    return True


def _ways(actor: Account, before: datetime) -> int:
    return sum(found.count() for found in (_grants(actor, before), *_links(actor, before)))


def _grants(actor: Account, before: datetime) -> QuerySet[Grant]:
    return Grant.objects.filter(shared_album__album__owner=actor, made_at__lte=before)


def _links(actor: Account, before: datetime) -> tuple[ShareLinkQuerySet, CollectLinkQuerySet]:
    return (
        ShareLink.objects.owned_by(actor).filter(ended_at=None, made_at__lte=before),
        CollectLink.objects.owned_by(actor).filter(ended_at=None, made_at__lte=before),
    )


@transaction.atomic
def _intend(actor: Account) -> datetime:
    """Write down that all of it is to end, before anything does."""
    now = timezone.now()
    lock_profile(actor.pk)
    Ending.objects.update_or_create(account=actor, defaults={"before": now})
    audit.record(AuditTag.ALL_SHARING_ENDED, actor=actor, subject_id=actor.pk)
    record_news(_close_profile(actor))
    owe_ending(actor.pk)
    return now


def owe_ending(account_id: UUID) -> None:
    """Owe going on with one; a job that waits already is enough."""
    enqueue_on_commit("sharing.end_sharing", str(account_id), key=f"end:{account_id}")


def owe_unfinished_endings() -> int:
    """Owe again what should be under way and is not: whoever asked for it was killed, or its job
    was given up or lost.
    """
    ids = list(Ending.objects.values_list("pk", flat=True))
    for account_id in ids:
        with transaction.atomic():
            owe_ending(account_id)
    return len(ids)


def go_on_ending(account_id: UUID) -> bool:
    """Go on for up to a minute; True when nothing is left. Safe to repeat, and to run twice."""
    until = time.monotonic() + TURN_SECONDS
    while _end_batch(account_id):
        if time.monotonic() > until:
            with transaction.atomic():
                owe_ending(account_id)
            return False
        give_way()
    return True


@transaction.atomic
def _end_batch(account_id: UUID) -> bool:
    ending = Ending.objects.select_for_update(skip_locked=True).filter(pk=account_id).first()
    if ending is None:
        return False
    if _cut_batch(ending.account, ending.before):
        return True
    if end_some(actor=ending.account, before=ending.before):
        return True
    ending.delete()
    return False


@transaction.atomic
def _cut_batch(actor: Account, before: datetime) -> bool:
    """Shut some ways in; False when none was open. Nothing that the actor shared after
    ``before`` is touched.
    """
    lock_profile(actor.pk)
    links, collecting = _links(actor, before)
    granted = _some(_grants(actor, before))
    linked = [] if granted else _some(links)
    collected = [] if granted or linked else _some(collecting)
    if not (granted or linked or collected):
        return False
    record_news(
        _cut(
            actor, Grant.objects.filter(pk__in=granted), ShareLink.objects.filter(pk__in=linked),
            CollectLink.objects.filter(pk__in=collected),
        )
    )  # fmt: skip
    return True


def _some(rows: QuerySet[Any]) -> list[Any]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH_ROWS])


@transaction.atomic
def end_everything(*, actor: Account) -> None:
    """`end_sharing` in one transaction, however much it is: after a restore, when nobody waits."""
    news = _shut(actor)
    while (batch := _take_batch(actor, timezone.now())) is not None:
        news += batch
    record_news(news)
    Ending.objects.filter(pk=actor.pk).delete()


@transaction.atomic
def begin_to_end_everything(*, actor: Account) -> bool:
    """`end_everything` for somebody who may have too much for one transaction: shut every way
    in, and take away the first batches. Whether something is left, for `end_some` to go on with;
    the profile is closed then, so that what is left of it is shown to nobody.

    The ways should be few: `shut_ways` was called before.
    """
    news, now = _shut(actor), timezone.now()
    for _ in range(BATCHES_AT_ONCE):
        batch = _take_batch(actor, now)
        if batch is None:
            break
        news += batch
    is_left = _shown_by(actor, now).exists() or _left_behind(actor.pk).exists()
    if is_left:
        news += _close_profile(actor)
    record_news(news)
    Ending.objects.filter(pk=actor.pk).delete()
    return is_left


def _close_profile(actor: Account) -> list[News]:
    if not Profile.objects.filter(pk=actor.pk, is_open=True).update(is_open=False):
        return []
    return [News(account_id=actor.pk, kind=SharedKind.PROFILE, object_id=actor.pk)]


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
    grants = Grant.objects.filter(shared_album__album__owner=actor)
    links, collecting = ShareLink.objects.owned_by(actor), CollectLink.objects.owned_by(actor)
    news = _cut(actor, grants, links, collecting)
    audit.record(AuditTag.ALL_SHARING_ENDED, actor=actor, subject_id=actor.pk)
    return news


def _cut(
    actor: Account, grants: QuerySet[Grant], links: ShareLinkQuerySet,
    collecting: CollectLinkQuerySet,
) -> list[News]:  # fmt: skip
    """End these ways in, in the caller's transaction; what is to be told of it."""
    shared = SharedAlbum.objects.filter(album__owner=actor)
    granted, reached = albums_of(grants), links.filter(shared_album__isnull=False)
    lock_albums({*granted, *reached.values_list("shared_album_id", flat=True)})
    news = cut_grants(grants, granted)
    linked = end_links(links, actor=actor)
    ended = end_collect_links(collecting, actor=actor)
    shared.filter(pk__in=linked, rotation_due_at=None).update(rotation_due_at=timezone.now())
    named = [(SharedKind.SHARED_ALBUM, each) for each in linked]
    named += [(SharedKind.COLLECT_LINK, each) for each in ended]
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
