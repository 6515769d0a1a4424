"""Addresses of the rights app, under ``/api/v1/``."""

from __future__ import annotations

from rights.api.urls_archives import urlpatterns as archives
from rights.api.urls_choices import urlpatterns as choices
from rights.api.urls_deletions import urlpatterns as deletions
from rights.api.urls_exports import urlpatterns as exports
from rights.api.urls_receipts import urlpatterns as receipts
from rights.api.urls_reports import urlpatterns as reports

urlpatterns = [*receipts, *deletions, *archives, *exports, *choices, *reports]
