"""What an owner signs about their profile: its words, its headings, and which photo is its cover.

context = pv1|profile|account|account|statement|number
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sharing.profile_names import LONGEST
from sharing.publication_errors import BadStatementError
from sharing.publication_statements import LONGEST_LICENCE
from sharing.signed_statements import (
    MOST_CHANGES,
    Members,
    count_in,
    id_in,
    identity_of,
    insist_on_signature,
    list_in,
    members_in,
    moment_in,
    spelled_members,
    text_in,
)

KIND = "profile"
LONGEST_SHOWN_NAME, LONGEST_BIO, LONGEST_TITLE = 80, 500, 100
MOST_ALBUMS = 200
# 200 headings of 100 letters, each of four bytes, and their ids take 92 KB of it.
LARGEST_STATEMENT = 96 * 2**10
MEMBERS = frozenset({
    "albums", "bio", "kind", "licence", "made_at", "name", "number", "profile", "shown_name",
})  # fmt: skip
# Those that were signed before covers were say everything but that, and stay what they are.
COVERED_MEMBERS = MEMBERS | {"cover"}
ALBUM_MEMBERS = frozenset({"id", "title"})


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a profile."""

    id: UUID
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileWords:
    """All that a profile says. ``albums`` are its headings, in their order."""

    name: str
    shown_name: str
    bio: str
    licence: str
    albums: tuple[Heading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileStatement:
    """What was signed. ``number`` counts the statements of one profile from 1, and ``made_at``
    rises with it, also where a profile was removed and made anew. ``cover_id`` is the
    publication that stands for the profile, or None for no cover; it counts only where
    ``says_cover``, which is false in statements from before covers were signed.
    """

    words: ProfileWords
    made_at: str
    number: int
    owner_id: UUID
    cover_id: UUID | None
    says_cover: bool

    def follows(self, before: ProfileStatement | None) -> bool:
        """Whether it is the one that comes next."""
        if before is None:
            return self.number == 1
        return self.number == before.number + 1 and self.made_at > before.made_at


def read_profile_statement(raw: bytes) -> ProfileStatement:
    """A statement in its one spelling. Raises `BadStatementError`."""
    members = spelled_members(raw, MEMBERS, COVERED_MEMBERS)
    if members["kind"] != KIND:
        raise BadStatementError
    return ProfileStatement(
        words=_words(members),
        made_at=moment_in(members["made_at"]),
        number=count_in(members["number"], least=1, most=MOST_CHANGES),
        owner_id=id_in(members["profile"]),
        cover_id=None if members.get("cover") is None else id_in(members["cover"]),
        says_cover="cover" in members,
    )


def check_profile_signature(raw: bytes, signature: bytes, *, owner_id: UUID, number: int) -> None:
    """Insist that the account's identity key signed exactly this, as this statement of its
    profile. Raises `BadStatementError`.
    """
    context = f"pv1|profile|{owner_id}|{owner_id}|statement|{number}"
    insist_on_signature(raw, signature, identity=identity_of(owner_id), context=context)


def _words(members: Members) -> ProfileWords:
    albums = list_in(members["albums"], most=MOST_ALBUMS)
    return ProfileWords(
        name=text_in(members["name"], most=LONGEST),
        shown_name=text_in(members["shown_name"], most=LONGEST_SHOWN_NAME),
        bio=text_in(members["bio"], most=LONGEST_BIO, lines=True),
        licence=text_in(members["licence"], most=LONGEST_LICENCE),
        albums=tuple(_heading(members_in(each, ALBUM_MEMBERS)) for each in albums),
    )


def _heading(members: Members) -> Heading:
    return Heading(id_in(members["id"]), text_in(members["title"], most=LONGEST_TITLE))
