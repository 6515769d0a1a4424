"""What tracing asks about publications, answered from the database and the store."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from accounts.models import Account
from images.errors import PartDamagedError, PartLostError
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.purposes import PUBLISH_IMAGES
from sharing.models import Publication, PublicationFeatures, Rendition, WatermarkNumber
from sharing.models.tracing import WatermarkSecret
from sharing.publication_keys import keys_of, open_part, open_rendition
from sharing.publishing.streams import BrokenStreamError
from sharing.tracing.doors import Mark
from sharing.tracing.search import Row
from sharing.watermark.keys import WatermarkKey

FEATURES = "features"
# Rows that are judged together: 10 MB of words.
PART = 10_000


def reading_keys() -> list[WatermarkKey]:
    """Every secret that any number was given under, the newest first."""
    secrets = WatermarkSecret.objects.order_by("-number")
    return [WatermarkKey(secret.number, secret.open()) for secret in secrets]


class PublicationArchive:
    """An `Archive` of one account's publications, or, without an ``owner``, of all."""

    def __init__(self, owner: Account | None) -> None:
        self._numbers = WatermarkNumber.objects.all()
        self._features = PublicationFeatures.objects.all()
        if owner is not None:
            self._numbers = self._numbers.filter(owner=owner)
            self._features = self._features.filter(publication__owner=owner)

    def number(self, mark: Mark) -> WatermarkNumber | None:
        """The row of a number that was read, under the key it was given under."""
        payload = f"{mark.payload:016x}"
        return self._numbers.filter(payload=payload, secret=mark.key_number).first()

    def knows(self, mark: Mark) -> bool:
        return self.number(mark) is not None

    def publication_of(self, mark: Mark) -> UUID | None:
        found = self.number(mark)
        return found.publication_id if found else None

    def features(self, publication: UUID) -> bytes | None:
        rows = self._features.select_related("publication")
        row = rows.filter(publication=publication).first()
        if row is None:
            return None
        try:
            return open_part(
                row.publication, row.blob_key, FEATURES, keys=keys_of(publication),
                purpose=PUBLISH_IMAGES,
            )  # fmt: skip
        except (NotFoundError, PartLostError, BrokenStreamError):
            return None  # withdrawn a moment ago, or damaged

    def rows(self) -> Iterator[list[Row[UUID]]]:
        found = self._features.exclude(words=b"").values_list("publication_id", "words")
        left = found.iterator(chunk_size=PART)
        while part := [Row(name, bytes(words)) for name, words in islice(left, PART)]:
            yield part


def largest_picture(publication: Publication) -> bytes | None:
    """The largest rendition, opened; None while there is none."""
    row = (
        Rendition.objects.filter(publication=publication)
        .select_related("publication")
        .order_by("-size", "-kind")
        .first()
    )
    if row is None:
        return None
    try:
        return open_rendition(row, purpose=PUBLISH_IMAGES)
    except (NotFoundError, PartLostError, PartDamagedError):
        return None
