"""Why images say no."""

from __future__ import annotations

from pocketvault.kernel.errors import ConflictError, VaultError


class ImageGoneError(VaultError):
    """The image was purged. Only its former owner hears this; others hear 404."""

    code = "gone"
    status = 410
    sentence = "You deleted this photo. Nothing of it is left here."


class AlbumGoneError(VaultError):
    """The album was deleted. A request that comes late must not bring it back."""

    code = "gone"
    status = 410
    sentence = "You deleted this album. Make a new one to have it again."


class AlbumSharedError(ConflictError):
    """The album is shared: what is in it, and its settings, change with a signed entry in its
    history.
    """

    code = "album_is_shared"
    sentence = "This album is shared. Change it where you share it."


class WrongIdError(VaultError):
    """An id that is not a version 7 UUID (RFC 9562)."""

    code = "wrong_id"
    status = 400
    sentence = "Ids must be version 7 UUIDs, made when the thing is made."


class AlreadyExistsError(ConflictError):
    """The id is taken by something else of the same owner."""

    code = "already_exists"
    sentence = "Something else was already stored under this id. Use a new one."


class DuplicateImageError(ConflictError):
    """The owner already keeps this very original. ``image_id`` is in ``details``."""

    code = "duplicate"
    sentence = "This photo is already in your library."


class TwinBinnedError(DuplicateImageError):
    """The owner keeps it in the recycle bin, where it is not safe. ``image_id`` is in
    ``details``. A code of its own: a client that does not know it must not think that the
    photo is kept.
    """

    code = "twin_binned"
    sentence = "This photo is in your recycle bin. Restore it there to keep it."


class TwinDamagedError(DuplicateImageError):
    """The owner keeps it, but its stored original is damaged or gone. ``image_id``,
    ``version`` and ``is_binned`` are in ``details``.
    """

    code = "twin_damaged"
    sentence = "Our copy of this photo was damaged. Replace it with yours."


class CursorExpiredError(VaultError):
    """Tombstones that this device has not seen are forgotten, so it must start over."""

    code = "cursor_expired"
    status = 410
    sentence = "This device was away for too long. Start again with the whole library."


class WrongCursorError(VaultError):
    """A cursor that this service did not make for this account."""

    code = "wrong_cursor"
    status = 400
    sentence = "This is not a place in your changes. Start again without a cursor."


class WithheldError(VaultError):
    """A layer above stopped serving this image."""

    code = "withheld"
    status = 451
    sentence = "This photo is not shown at the moment, because of a legal notice."


class PartDamagedError(VaultError):
    """The stored bytes are not those that came: a disk lost some."""

    code = "part_damaged"
    status = 500
    sentence = "Our copy of this was damaged. If you still have the photo, replace it."


class PartLostError(VaultError):
    """A row says that bytes are stored, and the store has none."""

    code = "part_lost"
    status = 500
    sentence = "Our copy of this is missing. If you still have the photo, replace it."
