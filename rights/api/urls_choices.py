"""Addresses of choices, consents, and of who works for us."""

from __future__ import annotations

from django.urls import URLPattern, path

from rights.api.views import choices, consents, looks, policies, processors

urlpatterns: list[URLPattern] = [
    path("me/choices", choices.ChoicesView.as_view()),
    path("me/about-my-data", choices.AboutMyDataView.as_view()),
    path("me/looks", looks.LooksView.as_view()),
    path("policies", policies.PoliciesView.as_view()),
    path("processors", processors.ProcessorsView.as_view()),
    path("consents", consents.ConsentsView.as_view()),
    path("consents/<uuid:consent_id>", consents.ConsentView.as_view()),
    path("consents/<uuid:consent_id>/withdraw", consents.WithdrawConsentView.as_view()),
    path("consents/<uuid:consent_id>/receipt", consents.ConsentReceiptView.as_view()),
]
