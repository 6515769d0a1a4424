"""A photo that comes in with one request: its commit, and behind it the ciphertext of its parts.

Nothing is stored here in another way than through uploads and a commit. The parts become
uploads that nobody else ever hears of, and the commit takes them: what must hold when the
server is killed holds here because it holds there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from accounts.models import Account
from images.actions.receiving import Body, Checksum, discarded_on_failure, receive_first
from images.actions.storing import ImageDraft, commit_made, refuse_wrong_id
from images.actions.uploading import adopt_stages, announce_uploads, discard_upload, draft_upload
from pocketvault.kernel.durability import without_waiting


def store_whole(
    image_id: UUID, draft: ImageDraft, read: Callable[[int], bytes], *, actor: Account
) -> datetime | None:
    """Commit an image whose parts ``read`` gives one after the other, in the draft's order;
    the draft's uploads begin here, under the ids it gives them.

    Answers and raises what `commit_image` does, and raises what `create_and_receive` does.
    Unless the image is new, none of these bytes is kept.
    """
    refuse_wrong_id(image_id)
    uploads = [
        draft_upload(part.size, actor=actor, upload_id=part.upload_id) for part in draft.parts
    ]
    with discarded_on_failure(uploads):
        for part, upload in zip(draft.parts, uploads, strict=True):
            checksum = Checksum(algorithm="sha256", digest=part.sha256)
            body = Body(read=read, length=part.size)
            receive_first(upload, body, checksum, is_passing=True)
        # The commit waits for the disk, and takes this along.
        with without_waiting():
            announce_uploads(uploads, actor=actor)
    stored_at = None
    try:
        adopt_stages(uploads)
        stored_at = commit_made(image_id, draft, actor=actor)
    finally:
        if stored_at is None:
            for upload in uploads:
                discard_upload(upload, actor=actor)
    return stored_at
