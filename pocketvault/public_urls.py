"""Every address of the public origin: what strangers see, and what machines are told there."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import include, path

from pocketvault.health import show_health, show_readiness
from pocketvault.kernel.reservation import PAGE_PATH, POLICY_PATH, RULES_PATH
from pocketvault.machines.views import show_no_training, show_policy, show_robots, show_rules


def lead_to_vault(request: HttpRequest) -> HttpResponse:
    """The first page is the vault's: nobody's profile is better than another's."""
    del request
    return HttpResponseRedirect(settings.PUBLIC_URL)


def show_nothing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere, or to what is not shown (any more)."""
    del exception
    return render(request, "public/nothing.html", status=404)


handler404 = show_nothing
handler500 = "pocketvault.api.answer_failure"
urlpatterns = [
    path("", include("sharing.public.urls")),
    path("", lead_to_vault),
    path("robots.txt", show_robots),
    path(RULES_PATH[1:], show_rules),
    path(POLICY_PATH[1:], show_policy),
    path(PAGE_PATH[1:], show_no_training),
    path("healthz", show_health),
    path("readyz", show_readiness),
]
