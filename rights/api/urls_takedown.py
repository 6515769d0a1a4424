"""Addresses of takedowns."""

from __future__ import annotations

from django.urls import URLPattern, path

from rights.api.views import takedown

_CASE = "takedowns/<uuid:takedown_id>"

urlpatterns: list[URLPattern] = [
    path("takedown-regimes", takedown.RegimesView.as_view()),
    path("takedowns", takedown.TakedownsView.as_view()),
    path(_CASE, takedown.TakedownView.as_view()),
    path(f"{_CASE}/notice", takedown.NoticeView.as_view()),
    path(f"{_CASE}/notice/<str:format_name>", takedown.NoticeFileView.as_view()),
    path(f"{_CASE}/sign", takedown.SignView.as_view()),
    path(f"{_CASE}/sent", takedown.SentByHandView.as_view()),
    path(f"{_CASE}/answers", takedown.AnswersView.as_view()),
    path(f"{_CASE}/lumen", takedown.LumenView.as_view()),
    path(f"{_CASE}/withdraw", takedown.WithdrawTakedownView.as_view()),
    path(f"{_CASE}/evidence", takedown.EvidenceView.as_view()),
]
