"""Why shared albums say no."""

from __future__ import annotations

from pocketvault.kernel.errors import ConflictError, VaultError


class HasAccessError(ConflictError):
    """A second grant for one recipient, or one for the owner. ``grant_id`` of the other is in
    ``details``.
    """

    code = "has_access"
    sentence = "They can open this album already. Change what they may do instead."


class ThroughGroupError(ConflictError):
    """Somebody wants to leave an album that only a group lets them into."""

    code = "through_group"
    sentence = "You see this album through a group. Leave the group to leave the album."


class AlreadyInAlbumError(ConflictError):
    """Photos that are in the shared album. ``image_ids`` are in ``details``."""

    code = "already_in_album"
    sentence = "Some of these photos are in the album already. Replace them there instead."


class NoDownloadError(VaultError):
    """An original was asked for by somebody who may only look."""

    code = "no_download"
    status = 403
    sentence = "These photos can be looked at here, and not downloaded."


class TooMuchSaidError(ConflictError):
    """One account's comments in one album reached their ``limit``, which is in ``details``."""

    code = "too_much_said"
    sentence = "You wrote as many comments here as there is room for. Delete some first."
