"""The privacy policy as a page: the version in force, and each of them at an address for good.
The same for everyone, and readable without a script.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pocketvault.kernel.reservation import NO_TRAINING
from rights.policy_register import Version, versions
from rights.policy_texts import blocks, compare, policy_texts


@require_safe
def show_policy_in_force(request: HttpRequest) -> HttpResponse:
    """Answer the version that holds now."""
    every = versions()
    return _page(request, next(each for each in every if each.state == "in_force"), every)


@require_safe
def show_policy_version(request: HttpRequest, number: int) -> HttpResponse:
    """Answer one version, with what it changed."""
    every = versions()
    return _page(request, _numbered(number, every), every)


@require_safe
def show_policy_text(request: HttpRequest, number: int) -> HttpResponse:
    """Answer the very text of one version, byte for byte as its SHA-256 was taken of it."""
    del request
    text = _numbered(number, versions()).text.text
    return _finished(HttpResponse(text.encode(), content_type="text/plain; charset=utf-8"))


def _page(request: HttpRequest, version: Version, every: list[Version]) -> HttpResponse:
    text = version.text
    before = policy_texts()[text.number - 2] if text.number > 1 else None
    context = {
        "version": version,
        "blocks": blocks(text.text),
        "differences": compare(before, text) if before else [],
        "announced": next((each for each in every if each.state == "announced"), None),
        "versions": every,
    }
    return _finished(render(request, "privacy.html", context))


def _numbered(number: int, every: list[Version]) -> Version:
    found = next((each for each in every if each.number == number), None)
    if found is None:
        raise Http404
    return found


def _finished(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-cache"
    response["X-Robots-Tag"] = NO_TRAINING
    return response
