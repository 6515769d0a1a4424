"""What other apps may react to."""

from __future__ import annotations

from django.dispatch import Signal

# Sent inside the transaction, just before the rows go, once per purge of many.
# Arguments: images (a list of locked `Image` rows of one owner), actor.
# A receiver that raises stops the purge. Where ``image.is_held``, the layer that placed
# the hold takes what it must keep of the envelopes; afterwards they are gone.
image_purging = Signal()

# Sent inside the transaction when images were put into the recycle bin or taken out of it.
# Arguments: images (a list of locked `Image` rows of one owner), actor.
image_binning = Signal()

# Sent inside the transaction, before the album's row is locked and goes: whoever has locks of
# their own takes them first. Arguments: album, actor. Whoever made rows that stand on the
# album's, or put other people's images into it, removes them here; one that raises stops the
# deletion.
album_deleting = Signal()

# Sent inside the transaction in which uploads that guests brought leave: handed over to an
# image (``is_taken``), or discarded. Not sent for what the owner's own devices uploaded.
# Arguments: uploads (a list of locked `Upload` rows of one owner), is_taken.
guest_uploads_leaving = Signal()

# Sent outside any transaction, when owed blobs were removed from the store and looked for, and
# whatever came of it. No arguments: whoever cares looks what is left.
bytes_freed = Signal()

# Sent inside the transaction when somebody corrected what their images say, once for however
# many. Arguments: actor.
images_corrected = Signal()
