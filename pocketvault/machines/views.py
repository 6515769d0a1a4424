"""The addresses at which machines ask what they may do, and the page that checks them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pocketvault.kernel.counters import COUNTER_ERRORS
from pocketvault.kernel.opting_out import support_document
from pocketvault.kernel.reservation import CONTENT_USAGE, NO_TRAINING, PAGE_PATH, policy_url
from pocketvault.machines.selfcheck import Finding, findings

REMEMBER_SECONDS = 60
# Nothing behind these is for anybody's index: answers for apps, links meant for one person,
# pictures for who looks at a page now, and a trap for whoever does not read this.
CLOSED = ("/api/", "/l/", "/c/", "/i/", "/g/", "/u/*/everything", "/u/*/sharp")


@require_safe
def show_robots(request: HttpRequest) -> HttpResponse:
    """Answer robots.txt: every AI agent we know of is asked to read nothing."""
    del request
    text = "\n".join(_robots()) + "\n"
    return _kept(HttpResponse(text, content_type="text/plain; charset=utf-8"))


@require_safe
def show_rules(request: HttpRequest) -> HttpResponse:
    """Answer the rules of the TDM Reservation Protocol: all of this origin is reserved."""
    del request
    rule = {"location": "/", "tdm-reservation": 1, "tdm-policy": policy_url()}
    return _kept(JsonResponse([rule], safe=False))


@require_safe
def show_policy(request: HttpRequest) -> HttpResponse:
    """Answer the policy those rules name: mining needs the consent of whoever made the photo."""
    del request
    policy = {
        "@context": ["http://www.w3.org/ns/odrl.jsonld", "http://www.w3.org/ns/tdmrep.jsonld"],
        "@type": "Offer",
        "profile": "http://www.w3.org/ns/tdmrep",
        "uid": policy_url(),
        "assigner": {
            "uid": settings.PUBLIC_URL,
            "vcard:fn": "PocketVault, for the people whose photos these are",
            "vcard:hasURL": f"{settings.PUBLIC_URL}{PAGE_PATH}",
        },
        "permission": [
            {
                "target": settings.PUBLIC_URL,
                "action": "tdm:mine",
                "duty": [{"action": "obtainConsent"}],
            }
        ],
    }
    answer = HttpResponse(json.dumps(policy, indent=2), content_type="application/ld+json")
    return _kept(answer)


@require_safe
def show_gpc(request: HttpRequest) -> HttpResponse:
    """Answer that Global Privacy Control is honoured here."""
    del request
    return _kept(JsonResponse(support_document()))


@require_safe
def show_no_training(request: HttpRequest) -> HttpResponse:
    """Answer what machines are told here, each signal read back from our own pages just now."""
    try:
        found: list[Finding] = cache.get_or_set("no-training", findings, REMEMBER_SECONDS) or []
    except COUNTER_ERRORS:
        found = findings()
    response = render(request, "no-training.html", {"findings": found, "list": settings.AI_AGENTS})
    response["Cache-Control"] = "no-cache"
    response["X-Robots-Tag"] = NO_TRAINING
    return response


def _robots() -> Iterator[str]:
    listed = settings.AI_AGENTS
    yield f"# Nothing here may be used to train machines: {settings.PUBLIC_URL}{PAGE_PATH}"
    yield f"# AI agents known on {listed.as_of.isoformat()}"
    for name in listed.names:
        yield f"User-agent: {name}"
    yield "Disallow: /"
    yield f"Content-Usage: {CONTENT_USAGE}"
    yield ""
    yield "User-agent: *"
    for path in CLOSED:
        yield f"Disallow: {path}"
    yield f"Content-Usage: {CONTENT_USAGE}"


def _kept(response: HttpResponse) -> HttpResponse:
    """An answer that is the same for everybody, for an hour."""
    response["Cache-Control"] = "public, max-age=3600"
    return response
