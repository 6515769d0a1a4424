"""A photo that comes in with one request: its commit, and behind it the ciphertext of its parts.

Its parts are received and become blobs as those of uploads do, but nobody hears of them
before the commit: so no uploads are announced, only the blobs (`images.actions.passing`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from accounts.models import Account
from images.actions.passing import announce_passing, give_up_passing, take_passing
from images.actions.receiving import Body, Checksum, discarded_on_failure, receive_first
from images.actions.storing import ImageDraft, commit_made, refuse_wrong_id
from images.actions.uploading import Claim, adopt_stages, draft_upload
from pocketvault.kernel.durability import without_waiting


def store_whole(
    image_id: UUID, draft: ImageDraft, read: Callable[[int], bytes], *, actor: Account
) -> datetime | None:
    """Commit an image whose parts ``read`` gives one after the other, in the draft's order;
    what the draft calls their uploads are names of this moment.

    Answers and raises what `commit_image` does, and raises what `create_and_receive` does.
    Unless the image is new, none of these bytes is kept.
    """
    refuse_wrong_id(image_id)
    uploads = [
        draft_upload(part.size, actor=actor, upload_id=part.upload_id) for part in draft.parts
    ]
    blob_keys = {upload.pk: upload.blob_key for upload in uploads}

    def take(
        claims: Mapping[UUID, Claim], *, owner: Account, images: int = 0
    ) -> dict[UUID, str]:
        take_passing(claims, blob_keys, owner=owner, images=images)
        return blob_keys

    stored_at = None
    try:
        with discarded_on_failure(uploads):
            for part, upload in zip(draft.parts, uploads, strict=True):
                checksum = Checksum(algorithm="sha256", digest=part.sha256)
                body = Body(read=read, length=part.size)
                receive_first(upload, body, checksum, is_passing=True)
            # The commit waits for the disk, and takes this along.
            with without_waiting():
                announce_passing(list(blob_keys.values()), actor=actor)
            adopt_stages(uploads)
        stored_at = commit_made(image_id, draft, actor=actor, take=take)
    finally:
        if stored_at is None:
            give_up_passing(list(blob_keys.values()))
    return stored_at
