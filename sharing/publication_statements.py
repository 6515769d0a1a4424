"""What an owner signs about a publication: reading it strictly, and checking the signature.

context = pv1|publication|account|publication|statement|number

Where a photo stands is said by its own statement, not by a list on the profile: a list of
thousands would have to be signed anew with each photo, and one that was taken back without its
owner's key would stand in it or break it. So a statement is of the same small size for
everybody, and what is gone takes its place along.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sharing.publication_errors import BadStatementError
from sharing.signed_statements import (
    MOST_CHANGES,
    Members,
    count_in,
    digest_in,
    id_in,
    identity_of,
    insist_on_signature,
    moment_in,
    spelled_members,
    text_in,
)

KIND = "publication"
LARGEST_STATEMENT = 4096
LONGEST_CAPTION, LONGEST_CREATOR, LONGEST_LICENCE = 300, 80, 200
MEMBERS = frozenset({
    "caption", "copy", "creator", "image", "kind", "licence", "made_at", "number", "publication",
    "watermark",
})  # fmt: skip
# Those that were signed before places were say everything but those, and stay what they are.
PLACED_MEMBERS = MEMBERS | {"album", "position"}
LAST_POSITION = 2**31 - 1


@dataclass(frozen=True, slots=True)
class SaidPlace:
    """Where a photo stands: under which heading, and at which position. Of two at one position
    the one with the greater id comes first: ids of version 7 rise, so that is the newer.
    """

    album_id: UUID | None
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What it says. ``copy`` is the SHA-256 (32 bytes) of the copy that the device stripped;
    ``number`` counts the statements about one publication from 1. ``place`` is None in
    statements from before places were signed.
    """

    caption: str
    copy: bytes
    creator: str
    image_id: UUID
    licence: str
    made_at: str
    number: int
    publication_id: UUID
    is_watermarked: bool
    place: SaidPlace | None

    @property
    def words(self) -> tuple[str, str, str]:
        """Caption, creator and licence."""
        return (self.caption, self.creator, self.licence)

    def is_of_same_picture(self, other: Statement) -> bool:
        """Whether it is about the same bytes, of the same photo, marked alike."""
        return (self.copy, self.image_id, self.publication_id, self.is_watermarked) == (
            other.copy, other.image_id, other.publication_id, other.is_watermarked,
        )


def read_statement(raw: bytes) -> Statement:
    """A statement in its one spelling. Raises `BadStatementError`."""
    members = spelled_members(raw, MEMBERS, PLACED_MEMBERS)
    if members["kind"] != KIND:
        raise BadStatementError
    return Statement(
        caption=text_in(members["caption"], most=LONGEST_CAPTION, lines=True),
        copy=digest_in(members["copy"]),
        creator=text_in(members["creator"], most=LONGEST_CREATOR),
        image_id=id_in(members["image"]),
        licence=text_in(members["licence"], most=LONGEST_LICENCE),
        made_at=moment_in(members["made_at"]),
        number=count_in(members["number"], least=1, most=MOST_CHANGES),
        publication_id=id_in(members["publication"]),
        is_watermarked=bool(count_in(members["watermark"], least=0, most=1)),
        place=_place(members) if "position" in members else None,
    )


def _place(members: Members) -> SaidPlace:
    album = members["album"]
    return SaidPlace(
        album_id=None if album is None else id_in(album),
        position=count_in(members["position"], least=0, most=LAST_POSITION),
    )


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose statements are read: the account, and its identity key (32 bytes)."""

    owner_id: UUID
    identity: bytes

    @classmethod
    def of(cls, owner_id: UUID) -> Signer:
        """One query. Raises `BadStatementError` for an account without keys."""
        return cls(owner_id, identity_of(owner_id))

    def read(self, raw: bytes, signature: bytes, *, publication_id: UUID) -> Statement:
        """What they said about this publication, in its newest form. Raises
        `BadStatementError` for what they did not sign, and for what says no place.
        """
        said = read_statement(raw)
        if said.place is None or said.publication_id != publication_id:
            raise BadStatementError
        context = f"pv1|publication|{self.owner_id}|{publication_id}|statement|{said.number}"
        insist_on_signature(raw, signature, identity=self.identity, context=context)
        return said
