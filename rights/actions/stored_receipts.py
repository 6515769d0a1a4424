"""Receipts for what is stored, made when asked for. Nothing of one stays here but its entry."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Account
from images.models import Image, ImagePart
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.fields import from_base64url
from pocketvault.kernel.ids import uuid7
from rights.actions.issuing import keep_log, receipt_document, sign_document
from rights.actions.keeping_log import found_log
from rights.log.canonical import JSON
from rights.models import OwedEntry, Receipt, ReceiptKind
from rights.receipt_errors import ReceiptNotReadyError
from rights.receipt_reading import file_of


def issue_stored(image_ids: Sequence[UUID], *, actor: Account) -> dict[str, JSON]:
    """The file of a receipt that these photos are stored, each ciphertext by its SHA-256.

    Raises `NotFoundError` if one of them is not the account's, and `LogAwayError`.
    """
    head, now = found_log(), timezone.now()
    receipt = Receipt(kind=ReceiptKind.STORED, about=uuid7(), owed_at=now)
    with transaction.atomic():
        document = receipt_document(receipt, _facts(image_ids, actor), head=head, now=now)
        content, entry = sign_document(document, head)
        OwedEntry.objects.create(
            statement=entry, commitment=from_base64url(str(entry["commitment"])), owed_at=now
        )
    keep_log()
    file = file_of(content)
    if file is None:
        raise ReceiptNotReadyError
    return file


def _facts(image_ids: Sequence[UUID], actor: Account) -> dict[str, JSON]:
    # Locked, so that no photo is said to be stored while it is being deleted.
    images = Image.objects.owned_by(actor).select_for_update().filter(pk__in=image_ids)
    versions = dict(images.order_by("pk").values_list("pk", "version_number"))
    if len(versions) < len(set(image_ids)):
        raise NotFoundError
    digests: dict[UUID, dict[str, JSON]] = {image_id: {} for image_id in versions}
    parts = ImagePart.objects.filter(image_id__in=versions).order_by("image_id", "name")
    for image_id, version, name, sha256 in parts.values_list(
        "image_id", "version", "name", "sha256"
    ):
        if version == versions[image_id]:
            digests[image_id][name] = bytes(sha256).hex()
    listed: list[JSON] = [
        {"id": str(image_id), "version": version, "sha256": digests[image_id]}
        for image_id, version in versions.items()
    ]
    return {"images": listed}
