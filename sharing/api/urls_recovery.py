"""Addresses of recovery contacts, under ``/api/v1/``."""

from __future__ import annotations

from django.urls import path

from sharing.api.views import recovery

REQUEST = "recovery-requests/<uuid:recovery_request_id>"

urlpatterns = [
    path("recovery-contacts", recovery.RecoveryContactsView.as_view()),
    path("recovery-contacts/end", recovery.EndRecoveryContactsView.as_view()),
    path("recovery-contacts/stop", recovery.StopRecoveryView.as_view()),
    path("recovery-shares", recovery.RecoverySharesView.as_view()),
    path("recovery-shares/<uuid:share_id>", recovery.HeldShareView.as_view()),
    path("recovery-shares/<uuid:share_id>/accept", recovery.AcceptShareView.as_view()),
    path("recovery-shares/<uuid:share_id>/answer", recovery.AnswerShareView.as_view()),
    path(REQUEST, recovery.AskContactsView.as_view()),
    path(f"{REQUEST}/stop", recovery.StopByMailView.as_view()),
    path("recovery-request", recovery.RecoveryRequestView.as_view()),
    path("recovery-request/confirm", recovery.ConfirmRequestView.as_view()),
    path("recovery-request/sign-in", recovery.ContactsSignInView.as_view()),
]
