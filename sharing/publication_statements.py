"""What an owner signs about a publication: reading it strictly, and checking the signature.

context = pv1|publication|account|publication|statement|number
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sharing.publication_errors import BadStatementError
from sharing.signed_statements import (
    MOST_CHANGES,
    count_in,
    digest_in,
    id_in,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What it says. ``copy`` is the SHA-256 (32 bytes) of the copy that the device stripped;
    ``number`` counts the statements about one publication from 1.
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

    def is_of_same_picture(self, other: Statement) -> bool:
        """Whether it is about the same bytes, of the same photo, marked alike."""
        return (self.copy, self.image_id, self.publication_id, self.is_watermarked) == (
            other.copy, other.image_id, other.publication_id, other.is_watermarked,
        )


def read_statement(raw: bytes) -> Statement:
    """A statement in its one spelling. Raises `BadStatementError`."""
    members = spelled_members(raw, MEMBERS)
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
    )


def check_signature(
    raw: bytes, signature: bytes, *, owner_id: UUID, publication_id: UUID, number: int
) -> None:
    """Insist that the account's identity key signed exactly this, as this statement of this
    publication. Raises `BadStatementError`.
    """
    context = f"pv1|publication|{owner_id}|{publication_id}|statement|{number}"
    insist_on_signature(raw, signature, owner_id=owner_id, context=context)
