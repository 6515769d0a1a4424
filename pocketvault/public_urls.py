"""Every address of the public origin: what strangers see, and what machines are told there."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import include, path

from pocketvault.health import show_health, show_readiness
from pocketvault.kernel.opting_out import SUPPORT_PATH
from pocketvault.kernel.reservation import PAGE_PATH, POLICY_PATH, RULES_PATH
from pocketvault.machines.views import (
    show_gpc,
    show_no_training,
    show_policy,
    show_robots,
    show_rules,
)


def lead_to_vault(request: HttpRequest) -> HttpResponse:
    """What is about us is the vault's, the first page too: nobody's profile is the first here."""
    return HttpResponseRedirect(f"{settings.PUBLIC_URL}{request.path.rstrip('/')}")


def show_nothing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere, or to what is not shown (any more)."""
    del exception
    return render(request, "public/nothing.html", status=404)


VAULTS_OWN = ("", "terms", "privacy")
handler404 = show_nothing
handler500 = "pocketvault.api.answer_failure"
urlpatterns = [
    path("", include("sharing.public.urls")),
    *(path(address, lead_to_vault) for address in VAULTS_OWN),
    path("robots.txt", show_robots),
    path(RULES_PATH[1:], show_rules),
    path(POLICY_PATH[1:], show_policy),
    path(PAGE_PATH[1:], show_no_training),
    path(SUPPORT_PATH[1:], show_gpc),
    path("healthz", show_health),
    path("readyz", show_readiness),
]
