"""Making a package, and handing it over. Both stand in the custody log."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.utils import timezone

from accounts.models import AccountSession
from images.actions.passing import announce_passing
from images.delivery import read_whole
from images.models import PassingBlob
from pocketvault.kernel import blobs
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.purposes import ANSWER_ORDERS
from rights import log_key
from rights.actions.case_journal import journaled
from rights.actions.keeping_log import found_log
from rights.legal.actions.noting import acting, locked, note
from rights.legal.errors import AlreadyDecidedError, BadOrderError, NotYetError
from rights.legal.package import (
    Package,
    build_files,
    encrypt,
    manifest_of,
    read_certificate,
    signed_bytes,
)
from rights.legal.papers import Paper, read_paper
from rights.legal.reading import may_leave_from, text_of
from rights.models import GIVING, LegalOrder, OrderDocument, OrderPackage


def produce(
    order_id: UUID, certificate_pem: bytes, *, reason: str, session: AccountSession
) -> OrderPackage:
    """Make the package of an approved order that has cooled, and close it.

    Raises `NotYetError`, `BadOrderError`, `BadCertificateError` and `AlreadyDecidedError`.
    """
    actor = acting(session)
    certificate = read_certificate(certificate_pem)
    order = LegalOrder.objects.filter(pk=order_id).first()
    if order is None:
        raise NotFoundError
    _refuse_early(order)
    files = build_files(order, list(order.notices.values_list("account_id", flat=True)))
    manifest = manifest_of(order, text_of(order)["reference"], files)
    key = log_key.key_of(bytes(found_log().public_key))
    made = encrypt(files, manifest, key.sign(signed_bytes(manifest)), certificate)
    blob_key = blobs.new_blob_key()
    announce_passing([blob_key], actor=actor)
    blobs.store().put(blob_key, [made.data])
    with journaled():
        order = locked(order_id)
        _refuse_early(order)
        PassingBlob.objects.filter(blob_key=blob_key).delete()
        package = _package(order, made, blob_key)
        package.save(force_insert=True)
        order.produced_at = order.closed_at = package.made_at
        order.save(update_fields=["produced_at", "closed_at"])
        note(order, "produced", actor=actor, words=f"SHA-256 {package.sha256.hex()}. {reason}")
    return package


@journaled()
def hand_over(order_id: UUID, *, reason: str, session: AccountSession) -> bytes:
    """The package, for whoever brings it to the authority; written into the custody log."""
    actor, order = acting(session), locked(order_id)
    package = OrderPackage.objects.filter(order=order).first()
    if package is None:
        raise NotFoundError
    data = read_whole(package.blob_key, purpose=ANSWER_ORDERS)
    if hashlib.sha256(data).digest() != bytes(package.sha256):
        raise BadOrderError("The package is damaged. Make it known to whoever runs this service.")
    note(order, "handed_over", actor=actor, words=reason)
    return data


@journaled()
def take_paper(
    order_id: UUID, document_id: UUID, *, reason: str, session: AccountSession
) -> Paper:
    """A paper of this order as it came; that it was taken out is written down."""
    actor = acting(session)
    document = OrderDocument.objects.filter(pk=document_id, order=order_id).first()
    if document is None:
        raise NotFoundError
    note(locked(order_id), "paper_taken_out", actor=actor, words=reason)
    return read_paper(document)


def _refuse_early(order: LegalOrder) -> None:
    if order.approver_id is None or order.outcome not in GIVING or not order.granted:
        raise BadOrderError("Nothing was approved that could be handed over.")
    if order.produced_at is not None:
        raise AlreadyDecidedError
    first = may_leave_from(order)
    if first is None:
        raise NotYetError("The person has to be told first.")
    if first > timezone.now():
        raise NotYetError(f"This leaves on {first:%d %B %Y, %H:%M} UTC at the earliest.")


def _package(order: LegalOrder, made: Package, blob_key: str) -> OrderPackage:
    return OrderPackage(
        order=order, blob_key=blob_key, bytes=len(made.data),
        sha256=hashlib.sha256(made.data).digest(), certificate_sha256=made.certificate_sha256,
        manifest=made.manifest, plaintext_files=made.plaintext_files, made_at=timezone.now(),
    )  # fmt: skip
