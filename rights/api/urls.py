"""Addresses of the rights app, under ``/api/v1/``."""

from __future__ import annotations

from rights.api.urls_archives import urlpatterns as archives
from rights.api.urls_choices import urlpatterns as choices
from rights.api.urls_deletions import urlpatterns as deletions
from rights.api.urls_exports import urlpatterns as exports
from rights.api.urls_legal import urlpatterns as legal
from rights.api.urls_receipts import urlpatterns as receipts
from rights.api.urls_reports import urlpatterns as reports
from rights.api.urls_requests import urlpatterns as requests
from rights.api.urls_takedown import urlpatterns as takedowns

urlpatterns = [
    *receipts, *deletions, *archives, *exports, *choices, *requests, *takedowns, *legal,
    *reports,
]  # fmt: skip
