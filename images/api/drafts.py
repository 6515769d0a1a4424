"""From the checked body of a request to what an action takes."""

from __future__ import annotations

from images.actions.albums import AlbumDraft, ItemDraft
from images.actions.cleaning import CleanDraft
from images.actions.storing import ImageDraft, PartDraft, VersionDraft
from images.api.serializers import Body
from images.models import PartName


def part_in(name: str, body: Body) -> PartDraft:
    """One uploaded part of a body."""
    return PartDraft(
        name=PartName(name), upload_id=body["upload"], sha256=body["sha256"], size=body["bytes"]
    )


def version_in(body: Body) -> VersionDraft:
    """New content, from the body that brings it."""
    return VersionDraft(
        parts=[part_in(name, part) for name, part in body["parts"].items()],
        wrapped_content_key=body["wrapped_content_key"],
        metadata=body["metadata"],
        fingerprint=body["fingerprint"],
    )


def clean_copy_in(body: Body) -> CleanDraft:
    """A clean copy, from the body that brings it. There its parts have their plain names."""
    parts = [part_in(PartName(name).clean, part) for name, part in body["parts"].items()]
    return CleanDraft(parts=parts, wrapped_content_key=body["wrapped_content_key"])


def image_in(body: Body) -> ImageDraft:
    """A new image, from the body that brings it."""
    return ImageDraft(
        parts=[part_in(name, part) for name, part in body["parts"].items()],
        wrapped_content_key=body["wrapped_content_key"],
        metadata=body["metadata"],
        fingerprint=body["fingerprint"],
        wrapped_record_key=body["wrapped_record_key"],
        marks=body["marks"],
        corrections=body["corrections"],
    )


def album_in(body: Body) -> AlbumDraft:
    """A new album, from the body that brings it."""
    return AlbumDraft(
        wrapped_album_key=body["wrapped_album_key"], settings=body["settings"]["sealed"]
    )


def items_in(body: Body) -> list[ItemDraft]:
    """Images for an album, from the body that brings them."""
    return [ItemDraft(**item) for item in body["items"]]
