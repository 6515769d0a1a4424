"""Addresses of reports of one's own publications."""

from __future__ import annotations

from django.urls import URLPattern, path

from rights.api.views import reports

urlpatterns: list[URLPattern] = [
    path("me/reports", reports.OwnReportsView.as_view()),
    path("me/reports/<uuid:report_case_id>/complaint", reports.ComplaintView.as_view()),
    path("me/reports/<uuid:report_case_id>/counter-notice", reports.CounterNoticeView.as_view()),
    path(
        "publications/<uuid:publication_id>/complaint", reports.RefusalComplaintView.as_view()
    ),
]
