"""What sharing does when something happens below, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping

from django.dispatch import receiver

from accounts.models import Account, Preferences
from accounts.signals import preferences_changed
from images.models import Album, Image, Upload
from images.signals import (
    album_deleting,
    guest_uploads_leaving,
    image_binning,
    image_purging,
)
from sharing.actions.digesting import follow_preferences
from sharing.actions.dropping import settle_drops
from sharing.actions.following import let_album_go, let_images_go, tell_of_images
from sharing.actions.withdrawing import news_of_publications


@receiver(image_purging, dispatch_uid="sharing.let_images_go")
def on_image_purging(images: list[Image], actor: Account | None = None, **_: object) -> None:
    """Nobody opens a purged photo any more, whoever it was shared with or shown to."""
    let_images_go(images, actor=actor)


@receiver(image_binning, dispatch_uid="sharing.tell_of_images")
def on_image_binning(images: list[Image], **_: object) -> None:
    """What is in the recycle bin is shown to nobody."""
    tell_of_images(images, news_of_publications(images))


@receiver(album_deleting, dispatch_uid="sharing.let_album_go")
def on_album_deleting(album: Album, **_: object) -> None:
    """A deleted album is shared with nobody."""
    let_album_go(album)


@receiver(guest_uploads_leaving, dispatch_uid="sharing.settle_drops")
def on_guest_uploads_leaving(uploads: list[Upload], *, is_taken: bool, **_: object) -> None:
    """A drop ends with the uploads that it is made of."""
    settle_drops(uploads, is_taken=is_taken)


@receiver(preferences_changed, dispatch_uid="sharing.follow_preferences")
def on_preferences_changed(
    preferences: Preferences, *, changes: Mapping[str, object], **_: object
) -> None:
    """Whoever wants mails about shared albums gets them, and nobody else."""
    if "digest" in changes:
        follow_preferences(preferences)
