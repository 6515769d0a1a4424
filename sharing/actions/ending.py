"""Ending everything that an account shares, in one transaction.

It needs no entry in a history: whoever wants out must not have to wait for a signature. The
owner's device signs afterwards what ended, and replaces the album keys.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from images.actions.feed import News, record_news
from sharing.actions.collecting import end_collect_links
from sharing.actions.links import end_links
from sharing.actions.reach import end_grants, lock_albums
from sharing.actions.withdrawing import drop_publications, lock_profile
from sharing.feed import SharedKind
from sharing.models import CollectLink, Grant, Publication, SharedAlbum, ShareLink


@transaction.atomic
def end_everything(*, actor: Account) -> None:
    """End every grant and link to the actor's albums, every collect link, and every publication.

    From the moment it commits nobody but the actor opens anything of theirs. What others put
    into those albums goes back to them; what guests brought stays with the actor.
    """
    lock_profile(actor.pk)
    shared = SharedAlbum.objects.filter(album__owner=actor)
    album_ids = list(shared.values_list("pk", flat=True))
    lock_albums(album_ids)
    news = end_grants(Grant.objects.filter(shared_album__in=album_ids))
    linked = end_links(ShareLink.objects.owned_by(actor), actor=actor)
    collecting = end_collect_links(CollectLink.objects.owned_by(actor), actor=actor)
    shown = Publication.objects.owned_by(actor)
    withdrawn = drop_publications(shown, actor=actor, keeps_number=False)
    shared.filter(pk__in=linked, rotation_due_at=None).update(rotation_due_at=timezone.now())
    audit.record(AuditTag.ALL_SHARING_ENDED, actor=actor, subject_id=actor.pk)
    named = [(SharedKind.SHARED_ALBUM, each) for each in linked]
    named += [(SharedKind.COLLECT_LINK, each) for each in collecting]
    own = [News(account_id=actor.pk, kind=kind, object_id=object_id) for kind, object_id in named]
    record_news([*news, *own, *withdrawn])
