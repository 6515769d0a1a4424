"""Public pictures at rest, their bytes once more in the clear, and previews of a vault.

What is asked for again and again are addresses of pictures: they are good for a minute only.
"""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import sys
from pathlib import Path

from django.utils import timezone
from PIL import Image as Pillow

from accounts.models import Account
from benchmarks.inside import library
from benchmarks.inside.signed_in import token_of
from images.models import ImagePart, PartName
from pocketvault.demo.landscapes import paint_landscape
from pocketvault.kernel import blobs
from sharing.models import Publication, PublicationEnvelope, Rendition, RenditionKind
from sharing.publication_keys import PublicationKeys, part_of, put_part
from sharing.visitors.addresses import address_of
from sharing.visitors.grants import cookie_for
from tests.sharing.visitors.live import open_profile, publish

SHAPE, QUALITY = (2048, 1536), 82
# What `library` says of a preview, so that its row need not change but for the digest.
PREVIEW_BYTES = library.PARTS[PartName.PREVIEW]


def run(photos: int, sizes: list[int], folder: str) -> dict[str, object]:
    """Make them; say the headers of a browser that has a grant, and where previews are. Then,
    for each line on stdin, a line with addresses by size. ``folder`` gets the same bytes.
    """
    owner = library.make_owner()
    open_profile(owner)
    shown = [_published(owner, number, sizes, Path(folder)) for number in range(photos)]
    grant = secrets.token_urlsafe(16)
    previews = _previews(owner, photos, Path(folder))
    told = {"cookie": cookie_for(grant), "token": token_of(owner), "previews": previews}
    sys.stdout.write(f"{json.dumps(told)}\n")
    sys.stdout.flush()
    for _ in sys.stdin:
        addresses = {
            size: [address_of(each, size, RenditionKind.WEBP, grant) for each in shown]
            for size in sizes
        }
        sys.stdout.write(f"{json.dumps(addresses)}\n")
        sys.stdout.flush()
    return {}


def _published(owner: Account, number: int, sizes: list[int], folder: Path) -> str:
    """One photo that everybody can see, and its pictures as files; its public id."""
    publication = publish(owner, number, long_edge=64)
    Rendition.objects.filter(publication=publication).delete()
    keys = PublicationKeys.sealed_in(PublicationEnvelope.objects.get(publication=publication))
    painted = paint_landscape(number, SHAPE)[0].convert("RGB")
    for size in sizes:
        data = _written(painted, size)
        _keep(publication, size, data, keys)
        file = folder / "i" / publication.public_id / f"{size}.webp"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return str(publication.public_id)


def _written(painted: Pillow.Image, size: int) -> bytes:
    smaller, file = painted.copy(), io.BytesIO()
    smaller.thumbnail((size, size))
    smaller.save(file, "WEBP", quality=QUALITY)
    return file.getvalue()


def _keep(publication: Publication, size: int, data: bytes, keys: PublicationKeys) -> None:
    blob_key, _ = put_part(publication, data, part_of(size, RenditionKind.WEBP), keys=keys)
    Rendition.objects.create(
        publication=publication, size=size, kind=RenditionKind.WEBP, blob_key=blob_key,
        bytes=len(data), sha256=hashlib.sha256(data).digest(), width=size, height=size,
    )  # fmt: skip


def _previews(owner: Account, count: int, folder: Path) -> list[str]:
    """Ciphertext of previews under the addresses of their parts, and the same as files."""
    addresses = []
    for image_id in library.fill(owner, count):
        sealed = secrets.token_bytes(PREVIEW_BYTES)
        part = ImagePart.objects.get(image_id=image_id, name=PartName.PREVIEW)
        blobs.store().put(part.blob_key, [sealed])
        part.sha256, part.verified_at = hashlib.sha256(sealed).digest(), timezone.now()
        part.save(update_fields=["sha256", "verified_at"])
        address = f"/api/v1/images/{image_id}/versions/1/{PartName.PREVIEW}"
        file = folder / address.removeprefix("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(sealed)
        addresses.append(address)
    return addresses
