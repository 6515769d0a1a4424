"""What strangers can see now: a profile, its photos, the bytes of one picture.

Looked up each time, in a constant number of queries, so that what was withdrawn, refused, binned
or closed is gone with the next request. What is not shown is not there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from django.db.models import F
from django.http import Http404

from accounts.models import KeyBundle
from images.errors import PartLostError
from images.models import Toucher
from pocketvault.kernel.kept_queries import KeptQuery
from pocketvault.kernel.purposes import PUBLISH_IMAGES
from sharing.models import Profile, Publication, Rendition, RenditionKind
from sharing.models.publication import MIDDLE, PublicationQuerySet
from sharing.publication_keys import PublicationKeys, open_part, part_of
from sharing.publishing.streams import BrokenStreamError

PAGE_SIZE = 500


class Tile(NamedTuple):
    """What the grid says of a photo: five hundred rows of a model would take longer than all the
    rest of a page.
    """

    album_id: UUID | None
    album_title: str | None
    public_id: str
    caption: str
    creator: str
    licence: str
    width: int
    height: int
    placeholder: bytes
    is_watermarked: bool


_COLUMNS = (
    "album_id", "album__title", "public_id", "caption", "creator", "licence", "width", "height",
    "placeholder", "is_watermarked",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heading:
    """Photos under the title of their album; without one, those that are in none."""

    album_id: UUID | None
    title: str
    photos: Sequence[Tile]


@dataclass(frozen=True, slots=True)
class Page:
    """Some photos of a profile, how many it shows in all, and the number of the next page."""

    headings: Sequence[Heading]
    total: int
    next_page: int | None


def open_profile(name: str) -> Profile:
    """The profile that is shown under a name. One query. Raises `Http404`."""
    found = Profile.objects.filter(name=name, is_open=True, owner__is_active=True)
    profile = found.filter(withheld_at=None).first()
    if profile is None:
        raise Http404
    return profile


def newest_shown() -> tuple[str, str] | None:
    """The name of a profile, and the newest photo that anybody shows. Two queries."""
    newest = _shown().order_by("-published_at").values_list("owner_id", "public_id").first()
    if newest is None:
        return None
    owner_id, public_id = newest
    return Profile.objects.values_list("name", flat=True).get(pk=owner_id), public_id


def photos_of(profile: Profile) -> PublicationQuerySet:
    """The publications of a profile that everyone can see."""
    shown: PublicationQuerySet = _shown().filter(owner=profile.owner_id)
    return shown


def page_of(profile: Profile, number: int) -> Page:
    """One page of a profile, album by album as its owner put them. Two queries."""
    start = (number - 1) * PAGE_SIZE
    rows = _arranged(profile).values_list(*_COLUMNS)[start : start + PAGE_SIZE + 1]
    photos = [Tile(*row) for row in rows]
    rest = photos[PAGE_SIZE:]
    groups = groupby(photos[:PAGE_SIZE], key=lambda each: (each.album_id, each.album_title))
    headings = [Heading(album_id, title or "", list(each)) for (album_id, title), each in groups]
    total = photos_of(profile).count() if rest or start else len(photos)
    return Page(headings, total, number + 1 if rest else None)


def statements_of(profile: Profile, number: int) -> dict[str, tuple[bytes, bytes]]:
    """Statement and signature of each photo on one page of a profile. One query."""
    start = (number - 1) * PAGE_SIZE
    rows = _arranged(profile).values_list("public_id", "statement", "signature")
    return {
        public_id: (bytes(statement), bytes(signature))
        for public_id, statement, signature in rows[start : start + PAGE_SIZE]
    }


def _arranged(profile: Profile) -> PublicationQuerySet:
    """Album by album, as their owner put them."""
    arranged: PublicationQuerySet = photos_of(profile).order_by(
        F("album__position").asc(nulls_first=True), "album_id", "position", "-pk"
    )
    return arranged


def photo_of(profile: Profile, public_id: str) -> Publication:
    """One photo that a profile shows. One query. Raises `Http404`."""
    photo: Publication | None = photos_of(profile).filter(public_id=public_id).first()
    if photo is None:
        raise Http404
    return photo


def shown_photo(public_id: str) -> Publication:
    """A photo that everyone can see, on whoever's profile. One query. Raises `Http404`."""
    photo: Publication | None = _shown().filter(public_id=public_id).first()
    if photo is None:
        raise Http404
    return photo


def profile_of(photo: Publication) -> Profile:
    """The profile that a photo stands on. One query."""
    return Profile.objects.get(pk=photo.owner_id)


def cover_of(profile: Profile) -> Publication | None:
    """The photo that stands for a profile elsewhere, if its owner chose one that is shown."""
    if profile.cover_id is None:
        return None
    cover: Publication | None = photos_of(profile).filter(pk=profile.cover_id).first()
    return cover


def identity_key_of(profile: Profile) -> bytes:
    """The public key that signed the statements of a profile (32 bytes, Ed25519)."""
    key = KeyBundle.objects.values_list("identity_public_key", flat=True)
    return bytes(key.get(pk=profile.owner_id))


def sizes_of(profile: Profile, public_ids: Collection[str]) -> dict[str, set[int]]:
    """For each of these photos that is shown, the sizes there are of it. One query."""
    found: dict[str, set[int]] = {}
    renditions = Rendition.objects.filter(
        publication__in=photos_of(profile).filter(public_id__in=public_ids),
        kind=RenditionKind.WEBP,
    )
    for public_id, size in renditions.values_list("publication__public_id", "size"):
        found.setdefault(public_id, set()).add(size)
    return found


def shown_rendition(public_id: str, size: int, kind: str) -> Rendition:
    """One picture that everyone can see, and what opens it. One query. Raises `Http404`."""
    rendition = _SHOWN_RENDITION.first(public_id, size, kind)
    if rendition is None:
        raise Http404
    return rendition


def cover_rendition(profile: Profile) -> Rendition:
    """The picture of the cover for cards elsewhere. Raises `Http404`."""
    if profile.cover_id is None:
        raise Http404
    found = Rendition.objects.filter(
        publication__in=photos_of(profile).filter(pk=profile.cover_id),
        kind=RenditionKind.JPEG, size__lte=MIDDLE,
    )  # fmt: skip
    rendition = found.select_related("publication__envelope").order_by("-size").first()
    if rendition is None:
        raise Http404
    return rendition


def open_rendition(rendition: Rendition) -> bytes:
    """The picture itself. Raises `Http404` when its bytes are not there to be shown."""
    publication = rendition.publication
    try:
        return open_part(
            publication, rendition.blob_key, part_of(rendition.size, rendition.kind),
            keys=PublicationKeys.sealed_in(publication.envelope), purpose=PUBLISH_IMAGES,
            who=Toucher.PUBLIC,
        )  # fmt: skip
    except (PartLostError, BrokenStreamError) as error:
        raise Http404 from error


def _shown() -> PublicationQuerySet:
    """Nothing of an account that was closed, whatever its profile says."""
    shown: PublicationQuerySet = Publication.objects.shown().filter(owner__is_active=True)
    return shown


_SHOWN_RENDITION = KeptQuery(
    lambda: Rendition.objects.filter(publication__in=_shown()).select_related(
        "publication__envelope"
    ),
    by=("publication__public_id", "size", "kind"),
)
