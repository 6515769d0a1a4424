"""Why a copy does not become a public picture."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """The reasons. Kept in rows and shown to the owner by their code: never renamed."""

    NOT_A_PICTURE = "not_a_picture"
    WRONG_KIND = "wrong_kind"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_BYTES = "too_many_bytes"
    CANNOT_STRIP = "cannot_strip"
    CANNOT_DECODE = "cannot_decode"
    CANNOT_MARK = "cannot_mark"
    TOOK_TOO_LONG = "took_too_long"
    TOO_MUCH_MEMORY = "too_much_memory"


class PictureRefusedError(Exception):
    """A copy that cannot be shown, and trying again would not help. ``code`` says why; nothing
    else of the copy is in here, so it may be logged.
    """

    def __init__(self, code: Refusal) -> None:
        super().__init__(code.value)
        self.code = code
