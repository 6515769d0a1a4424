"""The plaintext documents of the vault, as every client writes and reads them.

Reading takes what it understands and leaves the rest: a document may have been written by
a newer client. Names in JSON are camelCase, whatever the language of the client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum
from typing import Self

from tests.reference_client.client import Json


class StoredAs(StrEnum):
    """What became of the metadata in the file."""

    STRIPPED = "stripped"
    EMPTY = "empty"
    WHOLE = "whole"


class AlbumOrder(StrEnum):
    """How an album is laid out."""

    CAPTURED = "captured"
    ADDED = "added"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """JSON both ways."""

    def to_json(self) -> dict[str, Json]:
        """The document, ready to be sealed."""
        return {_camel(f.name): _plain(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """The document as far as this client knows it. Raises ``TypeError`` for anything else."""
        if not isinstance(value, Mapping):
            raise TypeError(f"not a document: {type(value).__name__}")
        known = {f.name: value[_camel(f.name)] for f in fields(cls) if _camel(f.name) in value}
        return cls(**known)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureTime(Document):
    """Wall-clock time where the photo was taken, ``2026-11-15T11:42:00``, and its zone."""

    local: str
    zone: str | None = None
    source: str = "exif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Document):
    """Degrees, WGS 84."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights(Document):
    """Who made the photo, and what others may do with it."""

    creator: str = ""
    licence: str = "All rights reserved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata(Document):
    """What a photo was when it came in. Belongs to one version; sealed by the record key.

    ``size`` is the original's bytes; ``width`` and ``height`` are pixels, upright;
    ``thumbhash`` is base64url, empty when there is none.
    """

    name: str
    kind: str
    media_type: str
    size: int
    width: int = 0
    height: int = 0
    thumbhash: str = ""
    captured_at: CaptureTime | None = None
    place: Place | None = None
    camera: str = ""
    lens: str = ""
    exposure_seconds: float | None = None
    aperture: float | None = None
    iso: int | None = None
    focal_length_mm: float | None = None
    title: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    rating: int | None = None
    stored_as: StoredAs = StoredAs.STRIPPED
    removed: tuple[str, ...] = ()
    rights: Rights = field(default_factory=Rights)

    @classmethod
    def from_json(cls, value: Json) -> Self:
        value = dict(value)
        for name, kind in (("capturedAt", CaptureTime), ("place", Place), ("rights", Rights)):
            if value.get(name) is not None:
                value[name] = kind.from_json(value[name])
        for name in ("keywords", "removed"):
            value[name] = tuple(value.get(name, ()))
        return super(Metadata, cls).from_json(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """What a person put right: only the members they touched. None says "there is none".

    Each revision is the whole of it, so a client merges before it writes.
    """

    values: Mapping[str, Json]
    by: str = "person"

    def to_json(self) -> dict[str, Json]:
        """The document, ready to be sealed."""
        return {**self.values, "by": self.by}

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """The corrections again."""
        values = {name: each for name, each in value.items() if name != "by"}
        return cls(values=values, by=value.get("by", "person"))

    def merged_with(self, change: Mapping[str, Json]) -> Corrections:
        """These, with a person's later change over them."""
        return Corrections(values={**self.values, **change})


NO_CORRECTIONS = Corrections(values={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks(Document):
    """Favourite and archived."""

    favourite: bool = False
    archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumSettings(Document):
    """What an album is called and how it is laid out. ``cover`` is an image's id."""

    name: str
    description: str = ""
    cover: str | None = None
    order: AlbumOrder = AlbumOrder.CAPTURED
    sequence: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, value: Json) -> Self:
        value = {**value, "sequence": tuple(value.get("sequence", ()))}
        return super(AlbumSettings, cls).from_json(value)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _plain(value: object) -> Json:
    if is_dataclass(value) and isinstance(value, Document):
        return value.to_json()
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, StrEnum) else value
