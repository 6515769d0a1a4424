"""Why a file could not be cleaned.

A walker that does not understand what it reads must not guess: whatever it skipped could be
the place where a photo was taken. It refuses, and nothing is published. The codes are those of
the browser's walkers, with two more for what only the server is asked.
"""

from __future__ import annotations

from pocketvault.kernel.errors import VaultError


class StripError(VaultError):
    """A file that was not cleaned. ``detail`` is for us, and never part of an answer."""

    code = "cannot_strip"
    status = 422
    sentence = "This file cannot be cleaned."

    def __init__(self, *, detail: str = "") -> None:
        super().__init__()
        self.detail = detail


class UnknownFormatError(StripError):
    """No format that we know, whatever its name says."""

    code = "unknown_format"
    sentence = "This is not a photo format we know, so we cannot clean it."


class CutShortError(StripError):
    """The bytes end before the structure does."""

    code = "cut_short"
    sentence = "This file ends too early, so we cannot tell what is hidden in it."


class BrokenStructureError(StripError):
    """The structure contradicts itself, or metadata shares bytes with the picture."""

    code = "broken_structure"
    sentence = "This file is damaged in a way that keeps us from cleaning it safely."


class NoPictureError(StripError):
    """Well formed, and empty."""

    code = "no_picture"
    sentence = "There is no picture in this file."


class TooComplexError(StripError):
    """More parts than a photo has: a file made to cost us time or memory."""

    code = "too_complex"
    sentence = "This file claims to hold more parts than a photo can have."


class UnsupportedVariantError(StripError):
    """A known format used in a way that cannot be cleaned safely."""

    code = "unsupported_variant"
    sentence = "This file uses a variant of its format that we cannot clean safely."


class RawFileError(StripError):
    """A camera's RAW. The vault keeps it whole; in public only a picture made of it is shown."""

    code = "raw_file"
    sentence = "A camera's raw file cannot be cleaned. Use a picture made from it instead."


class OtherTypeError(StripError):
    """The bytes are a photo, but of another format than the sender said."""

    code = "other_type"
    sentence = "This file is not of the kind it is said to be."
