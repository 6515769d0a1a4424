"""What a walker took out, in words."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """Kinds of things that leave a photo, the most personal first. Never renamed."""

    PLACE = "place"
    CAPTURE_TIME = "capture-time"
    CAMERA = "camera"
    LENS = "lens"
    CAMERA_SETTINGS = "camera-settings"
    SERIAL_NUMBER = "serial-number"
    IMAGE_ID = "image-id"
    AUTHOR = "author"
    COPYRIGHT = "copyright"
    CAPTION = "caption"
    KEYWORDS = "keywords"
    RATING = "rating"
    FACE_REGIONS = "face-regions"
    SOFTWARE = "software"
    EDIT_HISTORY = "edit-history"
    MAKER_NOTE = "maker-note"
    CONTENT_CREDENTIALS = "content-credentials"
    PREVIEW = "preview"
    SECOND_PICTURE = "second-picture"
    HDR_GAIN_MAP = "hdr-gain-map"
    DEPTH_MAP = "depth-map"
    MOTION_VIDEO = "motion-video"
    COLOUR_PROFILE_TEXT = "colour-profile-text"
    HIDDEN_TAIL = "hidden-tail"
    UNKNOWN_BLOCK = "unknown-block"


_WORDS = {
    Kind.PLACE: "the place where it was taken",
    Kind.CAPTURE_TIME: "the time when it was taken",
    Kind.CAMERA: "the camera's make and model",
    Kind.LENS: "the lens",
    Kind.CAMERA_SETTINGS: "the camera settings",
    Kind.SERIAL_NUMBER: "your camera's serial number",
    Kind.IMAGE_ID: "a number that identifies this one picture",
    Kind.AUTHOR: "the author's name",
    Kind.COPYRIGHT: "the copyright notice",
    Kind.CAPTION: "the caption",
    Kind.KEYWORDS: "the keywords",
    Kind.RATING: "the rating",
    Kind.FACE_REGIONS: "where faces are and whose they are",
    Kind.SOFTWARE: "the software that was used",
    Kind.EDIT_HISTORY: "the history of edits",
    Kind.MAKER_NOTE: "the camera maker's private notes",
    Kind.CONTENT_CREDENTIALS: "the content credentials",
    Kind.PREVIEW: "a small preview picture",
    Kind.SECOND_PICTURE: "a second picture hidden in the file",
    Kind.HDR_GAIN_MAP: "the layer that makes it brighter on HDR screens",
    Kind.DEPTH_MAP: "the depth map",
    Kind.MOTION_VIDEO: "the short video attached to it",
    Kind.COLOUR_PROFILE_TEXT: "text inside the colour profile",
    Kind.HIDDEN_TAIL: "data hidden after the picture",
    Kind.UNKNOWN_BLOCK: "data that we did not recognise",
}
_LONGEST_VALUE = 80


class Finding(NamedTuple):
    """One thing that is in the original and not in the result. ``value`` is short, may be
    empty, and is only for the owner's eyes: never for a log.
    """

    kind: Kind
    value: str = ""


class Findings:
    """Collected while one file is walked."""

    def __init__(self) -> None:
        self._removed: dict[Kind, str] = {}
        # How many blocks of IPTC were read, in whatever container they came.
        self.iptc_blocks = 0

    def remove(self, kind: Kind, value: str = "") -> None:
        """Note that something was taken out. The first readable value of each kind stays."""
        if not self._removed.get(kind):
            self._removed[kind] = readable(value)

    def removed(self) -> tuple[Finding, ...]:
        """What was removed, the most personal first."""
        return tuple(
            Finding(kind, self._removed[kind]) for kind in Kind if kind in self._removed
        )


def readable(text: str) -> str:
    """What a person can read of it: no control characters, single spaces, 80 characters."""
    plain = "".join(
        " " if each < " " or "\x7f" <= each < "\xa0" else each
        for each in text[: _LONGEST_VALUE * 2]
    )
    return " ".join(each for each in plain.split(" ") if each)[:_LONGEST_VALUE]


def described(findings: Iterable[Finding]) -> str:
    """One sentence: "Removed: the place where it was taken, the lens.", or that nothing was."""
    words = [_WORDS[each.kind] for each in findings]
    return f"Removed: {', '.join(words)}." if words else "Nothing had to be removed."
