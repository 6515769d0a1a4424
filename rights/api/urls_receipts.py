"""Addresses of receipts."""

from __future__ import annotations

from django.urls import URLPattern, path

from rights.api.views import receipts

urlpatterns: list[URLPattern] = [
    path("receipts", receipts.ReceiptsView.as_view()),
    path("receipts/stored", receipts.StoredReceiptView.as_view()),
    path("receipts/<uuid:receipt_id>", receipts.ReceiptView.as_view()),
    path("receipts/<uuid:receipt_id>/taken", receipts.TakenView.as_view()),
]
