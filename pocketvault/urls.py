"""Every address of the service, one include per app."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from pocketvault.health import show_health, show_readiness

handler404 = "pocketvault.api.answer_nothing"
handler500 = "pocketvault.api.answer_failure"
urlpatterns = [
    path("", include("pocketvault.pages")),
    path("api/v1/", include("accounts.api.urls")),
    path("api/v1/", include("images.api.urls")),
    path("api/v1/", include("sharing.api.urls")),
    path("api/v1/", include("rights.api.urls")),
    path("log/", include("rights.urls")),
    path("desk/", admin.site.urls),
    path("healthz", show_health),
    path("readyz", show_readiness),
]
