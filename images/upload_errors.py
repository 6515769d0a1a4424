"""Why an upload is refused. Statuses follow tus 1.0 where it names one."""

from __future__ import annotations

from pocketvault.kernel.errors import ConflictError, TooManyRequestsError, VaultError


class TusVersionError(VaultError):
    """``Tus-Resumable`` is missing or names another version."""

    code = "tus_version"
    status = 412
    sentence = "Uploads speak tus 1.0.0. Send Tus-Resumable: 1.0.0."


class UploadHeaderError(VaultError):
    """A header of the upload is missing, malformed or holds what it must not."""

    code = "upload_header"
    status = 400


class UploadMediaTypeError(VaultError):
    """Bytes of an upload come under one media type only."""

    code = "upload_media_type"
    status = 415
    sentence = "Send the bytes as application/offset+octet-stream."


class UploadTooLargeError(VaultError):
    """Longer than one upload may be. ``limit_bytes`` is in ``details``."""

    code = "upload_too_large"
    status = 413
    sentence = "This file is larger than one upload may be."


class BodyTooLongError(VaultError):
    """More bytes than the upload said it would have. None of them were kept."""

    code = "body_too_long"
    status = 413
    sentence = "These are more bytes than this upload was announced with. They were not kept."


class QuotaReachedError(VaultError):
    """``used_bytes``, ``limit_bytes`` and ``needed_bytes`` are in ``details``."""

    code = "quota_reached"
    status = 413
    sentence = "There is not enough room left in your vault for this. Nothing was lost."


class TooManyUploadsError(TooManyRequestsError):
    """Too many uploads of one account stand open. ``limit`` is in ``details``."""

    code = "too_many_uploads"
    sentence = "Too many uploads are under way. Finish or cancel some, then try again."


class WrongOffsetError(ConflictError):
    """``offset``, where the upload really goes on, is in ``details``."""

    code = "wrong_offset"
    sentence = "The upload does not go on there. Ask where it stands and send from there."


class UploadBusyError(VaultError):
    """Another request is writing to this upload, or was until a moment ago."""

    code = "upload_busy"
    status = 423
    sentence = "Another connection is sending this upload. Try again in a moment."


class ChecksumError(VaultError):
    """The bytes are not those the client hashed. None of them were kept."""

    code = "checksum_mismatch"
    status = 460
    sentence = "These bytes were damaged on their way. They were not kept; send them again."


class UploadExpiredError(VaultError):
    """Nobody went on with it for days, or the store lost it: start anew."""

    code = "upload_expired"
    status = 410
    sentence = "This upload is too old to go on with. Start it again."


class UploadIncompleteError(ConflictError):
    """Committed before all bytes came. ``offset`` and ``length`` are in ``details``."""

    code = "upload_incomplete"
    sentence = "Not all of this upload has arrived yet. Send the rest first."


class BytesDoNotMatchError(VaultError):
    """What was stored is not what the commit describes."""

    code = "bytes_do_not_match"
    status = 422
    sentence = "The bytes that arrived are not those of this photo. Upload it again."
