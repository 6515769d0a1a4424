"""What is handed over: lists of what exists, and of what nobody here has.

Every value comes through `listed`, which reads the columns of `ALLOWED` and no others. A key, a
sealed row or encrypted metadata is in none of them, so no package can contain one.

    order.cms   CMS EnvelopedData, AES-256, to the authority's RSA certificate
      order.zip   manifest.json, manifest.sig, and a JSON file for each class that was granted
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet
from django.utils import timezone

from accounts.models import Account, AccountSession
from images.models import ImagePart, StorageUse
from rights.legal.errors import BadCertificateError
from rights.models import DataClass, LegalOrder
from sharing.models import Profile, Publication

LEAST_BITS = 3072
FORMAT = "pocketvault.production/1"
# The only columns that any production ever reads, by what they belong to.
ALLOWED: dict[str, tuple[str, ...]] = {
    "accounts.Account": ("id", "email", "created_at", "is_active"),
    "accounts.AccountSession": ("account_id", "created_at", "last_seen_on"),
    "sharing.Profile": ("owner_id", "name", "shown_name", "bio", "made_at"),
    "sharing.Publication": (
        "owner_id", "public_id", "caption", "creator", "licence", "width", "height",
        "published_at",
    ),
    "images.StorageUse": ("account_id", "images", "used_bytes"),
    "images.ImagePart": ("image_id", "version", "name", "bytes", "sha256", "image__stored_at"),
}
ALLOWED_FILES = frozenset(f"{each}.json" for each in DataClass.values) | {"what-is-not-here.json"}
NOT_HERE = {
    "keys": "Made and kept on the devices of the account. None was ever here.",
    "plaintext of private photos": "Encrypted before they come. Nobody here can open them.",
    "titles, places, dates of capture, album names": "Encrypted with the photos.",
    "internet addresses": "Not kept with an account.",
}
Rows = list[dict[str, Any]]


class NotListedError(RuntimeError):
    """A column was to be read that no production may contain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package, and what stands in it: names, SHA-256 and sizes. ``plaintext_files`` is how
    many files are none of those that a production may have.
    """

    data: bytes
    manifest: dict[str, Any]
    certificate_sha256: bytes
    plaintext_files: int


def listed(rows: QuerySet[Any], columns: Sequence[str]) -> Rows:
    """These columns of these rows. Raises `NotListedError` for one that is not allowed."""
    model: type[Model] = rows.model
    allowed = ALLOWED.get(model._meta.label, ())
    if refused := [each for each in columns if each not in allowed]:
        raise NotListedError(f"{model._meta.label}: {refused}")
    return [dict(zip(columns, row, strict=True)) for row in rows.values_list(*columns)]


def read_certificate(pem: bytes) -> x509.Certificate:
    """The authority's certificate. Raises `BadCertificateError`."""
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        key = certificate.public_key()
        is_over = certificate.not_valid_after_utc < timezone.now()
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise BadCertificateError from error
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_BITS or is_over:
        raise BadCertificateError
    return certificate


def build_files(order: LegalOrder, account_ids: Sequence[UUID]) -> dict[str, bytes]:
    """A file for each class that was granted, and one that says what nobody here has."""
    found = {each: BUILDERS[DataClass(each)](order, account_ids) for each in order.granted}
    files = {f"{name}.json": _spelled(rows) for name, rows in found.items()}
    return files | {"what-is-not-here.json": _spelled(NOT_HERE)}


def manifest_of(order: LegalOrder, reference: str, files: dict[str, bytes]) -> dict[str, Any]:
    """What the package has, for whoever checks it."""
    return {
        "format": FORMAT,
        "order": str(order.pk),
        "reference": reference,
        "made_at": timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "files": [
            {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in sorted(files.items())
        ],
    }


def encrypt(
    files: dict[str, bytes], manifest: dict[str, Any], signature: bytes,
    certificate: x509.Certificate,
) -> Package:  # fmt: skip
    """The package for this certificate alone. We cannot open it again."""
    content = {"manifest.json": _spelled(manifest), "manifest.sig": signature, **files}
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(_zipped(content)).add_recipient(certificate)
    builder = builder.set_content_encryption_algorithm(AES256)
    data = builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])
    return Package(
        data=data, manifest=manifest, certificate_sha256=certificate.fingerprint(SHA256()),
        plaintext_files=len(set(files) - ALLOWED_FILES),
    )


def signed_bytes(manifest: dict[str, Any]) -> bytes:
    """What the log's key signs of a manifest."""
    return f"{FORMAT}\0".encode() + _spelled(manifest)


def _subscriber(order: LegalOrder, ids: Sequence[UUID]) -> Rows:
    del order
    return listed(Account.objects.filter(pk__in=ids), ("id", "email", "created_at", "is_active"))


def _sign_ins(order: LegalOrder, ids: Sequence[UUID]) -> Rows:
    rows = AccountSession.objects.filter(account__in=ids)
    return listed(_in_period(rows, order, "created_at"), ALLOWED["accounts.AccountSession"])


def _public(order: LegalOrder, ids: Sequence[UUID]) -> Rows:
    profiles = listed(
        Profile.objects.filter(owner__in=ids, is_open=True), ALLOWED["sharing.Profile"]
    )
    shown = Publication.objects.filter(owner__in=ids, state="live", withheld_at=None)
    shown = _in_period(shown, order, "published_at")
    return [*profiles, *listed(shown, ALLOWED["sharing.Publication"])]


def _stored(order: LegalOrder, ids: Sequence[UUID]) -> Rows:
    del order
    return listed(StorageUse.objects.filter(account__in=ids), ALLOWED["images.StorageUse"])


def _content(order: LegalOrder, ids: Sequence[UUID]) -> Rows:
    """Each ciphertext that exists. The bytes themselves say nothing to anybody without a key."""
    parts = ImagePart.objects.filter(image__owner__in=ids).order_by("image_id", "version", "name")
    rows = listed(_in_period(parts, order, "image__stored_at"), ALLOWED["images.ImagePart"])
    return [row | {"sha256": bytes(row["sha256"]).hex()} for row in rows]


def _in_period(rows: Any, order: LegalOrder, column: str) -> Any:
    if order.period_from is not None:
        rows = rows.filter(**{f"{column}__date__gte": order.period_from})
    if order.period_to is not None:
        rows = rows.filter(**{f"{column}__date__lte": order.period_to})
    return rows


BUILDERS = {
    DataClass.SUBSCRIBER: _subscriber,
    DataClass.SIGN_INS: _sign_ins,
    DataClass.PUBLIC: _public,
    DataClass.STORED: _stored,
    DataClass.CONTENT: _content,
}


def _spelled(document: object) -> bytes:
    return json.dumps(document, indent=1, sort_keys=True, cls=DjangoJSONEncoder).encode()


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in _in_order(files):
            info = ZipInfo(name, date_time=_now().timetuple()[:6])
            info.compress_type = ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()


def _in_order(files: dict[str, bytes]) -> Iterable[tuple[str, bytes]]:
    return sorted(files.items())


def _now() -> datetime:
    return timezone.now()
