"""Comments and likes: ciphertext under the album key, by whoever may open the album."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Account
from images.actions.feed import record_news
from pocketvault.kernel.errors import NotFoundError
from sharing.access import MANAGER, VIEWER
from sharing.actions.locking import (
    LockedAlbum,
    lock_shared_album,
    news_for_all,
    require_generation,
)
from sharing.album_errors import TooMuchSaidError
from sharing.models import Comment, Like, SharedItem

# Of one account in one album: more than anybody has to say, and no way to fill a disk.
MOST_COMMENTS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What somebody says, sealed, and under which generation of the album key."""

    generation: int
    sealed: bytes


@transaction.atomic
def write_comment(
    album_id: UUID, comment_id: UUID, image_id: UUID | None, saying: Saying, *, actor: Account
) -> bool:
    """Say something about a photo, or about the album when ``image_id`` is None; or say it
    in other words. True when it is new.

    Raises `NotFoundError`, `StaleGenerationError`, and `TooMuchSaidError`.
    """
    locked = _lock(album_id, saying, actor)
    comment = Comment.objects.filter(pk=comment_id).first()
    is_new = comment is None
    if comment is None:
        _check_is_in(locked, image_id)
        _check_room(locked, actor)
        comment = Comment(
            pk=comment_id, shared_album=locked.shared, image_id=image_id, author=actor,
            made_at=timezone.now(),
        )  # fmt: skip
    elif (comment.shared_album_id, comment.author_id, comment.image_id) != (
        album_id, actor.pk, image_id,
    ):
        raise NotFoundError
    comment.generation, comment.ciphertext = saying.generation, saying.sealed
    comment.save()
    _tell(locked)
    return is_new


@transaction.atomic
def delete_comment(album_id: UUID, comment_id: UUID, *, actor: Account) -> None:
    """Take back what one said; a manager takes anybody's away. Raises `NotFoundError`."""
    locked = lock_shared_album(album_id, actor=actor, least=VIEWER)
    comments = Comment.objects.filter(pk=comment_id, shared_album=locked.shared)
    comment = comments.first()
    if comment is None:
        raise NotFoundError
    if comment.author_id != actor.pk:
        locked.access.require(MANAGER)
    comments.delete()
    _tell(locked)


@transaction.atomic
def like_photo(album_id: UUID, image_id: UUID, saying: Saying, *, actor: Account) -> None:
    """Like a photo, once, or in another way. Raises `NotFoundError`, `StaleGenerationError`."""
    locked = _lock(album_id, saying, actor)
    _check_is_in(locked, image_id)
    said = {"generation": saying.generation, "ciphertext": saying.sealed}
    Like.objects.update_or_create(
        shared_album=locked.shared, image_id=image_id, author=actor,
        defaults=said, create_defaults={**said, "made_at": timezone.now()},
    )  # fmt: skip
    _tell(locked)


@transaction.atomic
def unlike_photo(album_id: UUID, image_id: UUID, *, actor: Account) -> None:
    """Take a like back. Without one, nothing happens."""
    locked = lock_shared_album(album_id, actor=actor, least=VIEWER)
    liked = Like.objects.filter(shared_album=locked.shared, image_id=image_id, author=actor)
    if liked.delete()[0]:
        _tell(locked)


def _lock(album_id: UUID, saying: Saying, actor: Account) -> LockedAlbum:
    locked = lock_shared_album(album_id, actor=actor, least=VIEWER)
    require_generation(locked, saying.generation)
    return locked


def _check_is_in(locked: LockedAlbum, image_id: UUID | None) -> None:
    """Locks the photo's place: a purge waits for what is said about it, or was before."""
    if image_id is None:
        return
    places = SharedItem.objects.select_for_update().filter(
        shared_album=locked.shared, item__image_id=image_id, item__image__binned_at=None
    )
    if not places.values_list("pk"):
        raise NotFoundError


def _check_room(locked: LockedAlbum, actor: Account) -> None:
    if Comment.objects.filter(shared_album=locked.shared, author=actor).count() >= MOST_COMMENTS:
        raise TooMuchSaidError(limit=MOST_COMMENTS)


def _tell(locked: LockedAlbum) -> None:
    record_news(news_for_all([locked.album]))
