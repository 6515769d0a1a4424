"""The pages people see.

Every page is the same bytes for everyone: who is signed in, and what they keep, is known to
the browser alone. So there is nothing here to authorise and nothing to leak.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from pocketvault.drills import show_drills, show_drills_as_data
from pocketvault.erasure_map import show_map
from pocketvault.kernel.bundle import manifest, shipped
from pocketvault.kernel.opting_out import SUPPORT_PATH
from pocketvault.kernel.reservation import NO_TRAINING, PAGE_PATH, POLICY_PATH, RULES_PATH
from pocketvault.machines.views import (
    show_gpc,
    show_no_training,
    show_policy,
    show_robots,
    show_rules,
)
from pocketvault.promises.views import show_promises, show_promises_as_data
from rights.legal.pages import (
    show_canary,
    show_canary_as_data,
    show_report,
    show_transparency,
)
from rights.policy_pages import (
    show_policy_in_force,
    show_policy_text,
    show_policy_version,
)
from rights.processors_page import show_processors
from rights.reports.complaint_pages import show_complaint
from rights.reports.pages import show_reports_log, show_reports_log_as_data
from rights.requests.pages import ask, confirm
from rights.takedown.case_pages import show_case_of_guest
from rights.takedown.guest_pages import ask_for_takedown, confirm_takedown

# Address -> template. Those of the vault are one template: the page moves between them by
# itself, so that the keys stay in memory.
PLAIN_PAGES = {
    "": "home",
    "sign-in": "sign-in",
    "sign-up": "sign-up",
    "confirm": "confirm",
    "recover": "recover",
    "recover/contacts": "recover-contacts",
    "stop-recovery": "stop-recovery",
    "reset": "reset",
    "unsubscribe": "unsubscribe",
    "closing": "closing",
    "offline": "offline",
    "other-code": "other-code",
    "terms": "terms",
    "verify": "verify",
}
VAULT_PAGES = (
    "photos",
    "photos/<uuid:image_id>",
    "albums",
    "albums/<uuid:album_id>",
    "favourites",
    "archive",
    "bin",
    "search",
    "duplicates",
    "people",
    "people/groups/<uuid:group_id>",
    "profile",
    "shared/<uuid:album_id>",
    "sharing",
    "settings",
    "settings/<slug:section>",
    "your-data",
    "your-data/<slug:section>",
)
# Of somebody without an account. The secret stands behind the # and is never sent here.
GUEST_PAGES = {
    "l/<uuid:link_id>": "link",
    "c/<uuid:link_id>": "collect",
}
# Between here and the public origin, for somebody with an account.
PASSING_PAGES = {"visit/<slug:profile_name>": "visit"}


_OWN_POLICY = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]+)"')

# What search engines may list: who we are and what we promise, and nobody's vault.
LISTED = ("home", "terms", "verify")


# Compressed, because how long it is tells nothing: it holds no secret, and nothing of the request.
@require_safe
@gzip_page
def show_page(request: HttpRequest, template: str, **_names: object) -> HttpResponse:
    """Answer one template. What the address names is for the browser to look up."""
    response = render(request, f"{template}.html", {"has_profiles": bool(settings.PROFILES_URL)})
    # Kept and asked for again each time: a page names hashed files that a release replaces.
    response["Cache-Control"] = "no-cache"
    if template in LISTED:
        response["X-Robots-Tag"] = NO_TRAINING
    return response


@require_safe
def show_service_worker(request: HttpRequest) -> HttpResponse:
    """Answer the service worker, byte for byte as the build shipped it.

    Its address has no hash: the browser asks that one address again and again whether the
    worker has changed, and a worker may only answer for addresses below its own.
    """
    del request
    built = manifest()["files"]["workers/offline/service-worker.js"]["path"]
    script = (settings.BASE_DIR / "static" / "dist" / built).read_bytes()
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def show_opener(request: HttpRequest) -> HttpResponse:
    """Answer the page that opens archives, byte for byte as it lies in each of them.

    All of it stands inline, so its own policy, which allows that and nothing else, is the one
    to be obeyed here too.
    """
    del request
    page = shipped("open-archive.html")
    response = HttpResponse(page)
    # The first is its own; what it writes for others says one further down.
    policy, *_ = _OWN_POLICY.findall(page.decode())
    response["Content-Security-Policy"] = f"{policy}; frame-ancestors 'none'"
    response["Cache-Control"] = "no-cache"
    return response


def _page(address: str, template: str) -> URLPattern:
    return path(address, show_page, {"template": template}, name=template)


urlpatterns = [
    path("service-worker.js", show_service_worker),
    path("open-archive.html", show_opener),
    path("robots.txt", show_robots),
    path(RULES_PATH[1:], show_rules),
    path(POLICY_PATH[1:], show_policy),
    path(PAGE_PATH[1:], show_no_training),
    path(SUPPORT_PATH[1:], show_gpc),
    path("privacy", show_policy_in_force),
    path("privacy/<int:number>", show_policy_version),
    path("privacy/<int:number>.txt", show_policy_text),
    path("processors", show_processors),
    path("request", ask),
    path("request/confirm", confirm),
    path("takedown", ask_for_takedown),
    path("takedown/confirm", confirm_takedown),
    path("takedown-case/<str:token>", show_case_of_guest),
    path("drills", show_drills),
    path("drills.json", show_drills_as_data),
    path("reports-log", show_reports_log),
    path("report-complaint/<str:token>", show_complaint),
    path("reports-log.json", show_reports_log_as_data),
    path("promises", show_promises),
    path("promises.json", show_promises_as_data),
    path("what-we-keep", show_map),
    path("transparency", show_transparency),
    path("transparency/<slug:half_year>.json", show_report),
    path("canary", show_canary),
    path("canary.json", show_canary_as_data),
    *(_page(address, template) for address, template in PLAIN_PAGES.items()),
    *(_page(address, "vault") for address in VAULT_PAGES),
    *(_page(address, template) for address, template in GUEST_PAGES.items()),
    *(_page(address, template) for address, template in PASSING_PAGES.items()),
]
