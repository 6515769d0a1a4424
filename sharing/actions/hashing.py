"""Hashes of what was published before publications had any."""

from __future__ import annotations

import logging
from uuid import UUID

from sharing.hashes import ways_of_picture
from sharing.models import Publication, PublicationState
from sharing.publication_archive import largest_picture

logger = logging.getLogger(__name__)

AT_ONCE = 50


def hash_old_publications() -> int:
    """Give a batch of live publications their hashes; return how many were looked at. Safe to
    repeat: each is looked at once. One without a picture, or with too little in it, is known by
    an empty hash from then on.
    """
    rows = Publication.objects.filter(pdq_ways=None, state=PublicationState.LIVE).order_by("pk")
    ids = list(rows.values_list("pk", flat=True)[:AT_ONCE])
    for publication_id in ids:
        _hash(publication_id)
    return len(ids)


def _hash(publication_id: UUID) -> None:
    publication = Publication.objects.filter(pk=publication_id).first()
    if publication is None:
        return
    picture = largest_picture(publication)
    if picture is None:
        logger.warning("a publication has no picture to be hashed")
    ways = ways_of_picture(picture or b"")
    fresh = Publication.objects.filter(pk=publication_id, pdq_ways=None)
    fresh.update(pdq_ways=ways, pdq=ways[:32] or publication.pdq)
