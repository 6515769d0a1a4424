"""Deletions and closings as they are answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from rest_framework.request import Request

from images.api.paging import limit_in, place_from_text, place_to_text
from rights.actions.receipts import receipts_about
from rights.models import Closing, Deletion, DeletionState, Receipt
from rights.receipt_reading import receipt_documents, receipt_file


def deletions_page(request: Request, *, account_id: UUID) -> dict[str, object]:
    """One page, newest first. What is held shows nothing that a slow store would not."""
    limit = limit_in(request)
    found = Deletion.objects.filter(account_id=account_id).order_by("-pk")
    if cursor := request.query_params.get("cursor"):
        found = found.filter(pk__lt=place_from_text(cursor)[1])
    rows = list(found.defer("image_ids")[: limit + 1])
    last = rows[limit - 1] if len(rows) > limit else None
    following = place_to_text(last.deleted_at, last.pk) if last else None
    shown = rows[:limit]
    receipts = _receipts_by_deletion([row.pk for row in shown])
    items = [deletion_document(row, receipts.get(row.pk, [])) for row in shown]
    return {"items": items, "cursor": following}


def _receipts_by_deletion(ids: Sequence[UUID]) -> dict[UUID, list[dict[str, object]]]:
    found: dict[UUID, list[dict[str, object]]] = {}
    receipts = list(Receipt.objects.filter(about__in=ids).order_by("owed_at", "pk"))
    for receipt, document in zip(receipts, receipt_documents(receipts), strict=True):
        found.setdefault(receipt.about, []).append(document)
    return found


def deletion_document(row: Deletion, receipts: list[dict[str, object]]) -> dict[str, object]:
    """One deletion, with its receipts."""
    return {
        "id": row.pk,
        "image_count": row.image_count,
        "state": DeletionState(row.state),
        "deleted_at": row.deleted_at,
        "active_removed_at": row.active_removed_at,
        "unreadable_by": row.unreadable_by,
        "completed_at": row.completed_at,
        "receipts": receipts,
    }


def own_closing_document(row: Closing | None) -> dict[str, object] | None:
    """When an account is going to be erased, for whoever may still keep it."""
    if row is None:
        return None
    return {"closing_id": row.pk, "asked_at": row.asked_at, "starts_at": row.starts_at}


def closing_document(row: Closing) -> dict[str, object]:
    """How far an erasure is, with its receipts. It names nobody."""
    receipts = list(receipts_about(row.pk))
    stamps: dict[str, datetime | None] = {
        "begun_at": row.begun_at,
        "erased_at": row.erased_at,
        "active_removed_at": row.active_removed_at,
        "completed_at": row.completed_at,
    }
    return {
        "closing_id": row.pk,
        "state": row.state,
        "starts_at": row.starts_at,
        "images_total": row.images_total,
        "images_erased": row.images_erased,
        "unreadable_by": row.unreadable_by,
        "receipts": [
            document | {"file": receipt_file(receipt)}
            for receipt, document in zip(receipts, receipt_documents(receipts), strict=True)
        ],
        **stamps,
    }
