"""The pages of a profile. The same bytes for everyone: nobody is signed in here."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import conditional_page, require_safe

from pocketvault.kernel.counters import COUNTER_ERRORS
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.reservation import NO_TRAINING
from sharing.models import Profile, RenditionKind
from sharing.models.publication import SMALL
from sharing.public.crawlers import is_search_engine
from sharing.public.finding import (
    cover_of,
    identity_key_of,
    open_profile,
    page_of,
    photo_of,
    statements_of,
)
from sharing.visitors.addresses import address_of
from sharing.visitors.grants import begin_waiting, give_for_waiting, has_waited
from sharing.visitors.network import network_of
from sharing.visitors.taking import take_without_script
from sharing.visitors.tiers import WITHOUT_SCRIPT_SECONDS

LAST_PAGE = 10_000


@require_safe
@conditional_page
def show_profile(request: HttpRequest, name: str) -> HttpResponse:
    """Answer everything a person shows of themselves. Three or four queries."""
    profile = open_profile(name)
    page = page_of(profile, _page_number(request))
    photos = [photo for heading in page.headings for photo in heading.photos]
    return _page(
        request, "public/profile.html", profile,
        cover=cover_of(profile), headings=page.headings, total=page.total,
        next_page=page.next_page,
        marked=bool(photos) and all(photo.is_watermarked for photo in photos),
    )  # fmt: skip


@require_safe
@conditional_page
def show_photo(request: HttpRequest, name: str, public_id: str) -> HttpResponse:
    """Answer one photo with what its owner says about it. Two queries."""
    profile = open_profile(name)
    photo = photo_of(profile, public_id)
    cover = photo if photo.pk == profile.cover_id else None
    return _page(request, "public/photo.html", profile, photo=photo, cover=cover)


@require_safe
def show_without_script(request: HttpRequest, name: str) -> HttpResponse:
    """Answer the profile, its first photos sharp, to a browser that waited instead of working."""
    profile = open_profile(name)
    if not has_waited(request):
        return _told_to_wait(request, profile)
    page = page_of(profile, 1)
    photos = [photo.public_id for heading in page.headings for photo in heading.photos]
    try:
        may_see = [] if is_search_engine(request) else photos
        allowed = take_without_script(network_of(request), may_see)
    except COUNTER_ERRORS:
        allowed = set()
    answer = HttpResponse()
    grant = give_for_waiting(answer)
    sharp = {each: address_of(each, SMALL, RenditionKind.WEBP, grant) for each in allowed}
    answer.content = _page(
        request, "public/profile.html", profile, headings=page.headings, total=page.total,
        sharp=sharp, has_waited=True,
    ).content  # fmt: skip
    answer["Cache-Control"] = "no-store"
    return answer


def _told_to_wait(request: HttpRequest, profile: Profile) -> HttpResponse:
    context = {"profile": profile, "seconds": WITHOUT_SCRIPT_SECONDS + 1}
    answer = render(request, "public/wait.html", context)
    begin_waiting(answer)
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
def show_statement(request: HttpRequest, name: str, public_id: str) -> HttpResponse:
    """Answer the owner's signed word for a publication, and the key it was signed with."""
    del request
    profile = open_profile(name)
    photo = photo_of(profile, public_id)
    return _signed(profile, _as_text(bytes(photo.statement), bytes(photo.signature)))


@require_safe
@conditional_page
def show_words(request: HttpRequest, name: str) -> HttpResponse:
    """Answer the owner's signed word for the profile itself. Two queries."""
    del request
    profile = open_profile(name)
    return _signed(profile, _as_text(bytes(profile.statement), bytes(profile.signature)))


@require_safe
@conditional_page
def show_statements(request: HttpRequest, name: str) -> HttpResponse:
    """Answer what was signed about each photo of one page. Three queries."""
    profile = open_profile(name)
    found = statements_of(profile, _page_number(request))
    return _signed(profile, {"photos": {each: _as_text(*said) for each, said in found.items()}})


def _as_text(statement: bytes, signature: bytes) -> dict[str, str]:
    return {"statement": statement.decode(), "signature": to_base64url(signature)}


def _signed(profile: Profile, body: Mapping[str, object]) -> HttpResponse:
    """With whose word it is, and the key that it was signed with."""
    who = {
        "account": str(profile.owner_id), "identity_key": to_base64url(identity_key_of(profile)),
    }  # fmt: skip
    return JsonResponse({**body, **who}, headers={"Cache-Control": "no-cache"})


def _page(
    request: HttpRequest, template: str, profile: Profile, **context: object
) -> HttpResponse:
    until, site = profile.guarded_until, settings.PROFILES_URL
    response = render(request, template, {
        "profile": profile, "site": site, "address": f"{site}/u/{profile.name}",
        "vault": settings.PUBLIC_URL,
        "is_guarded": until is not None and until > timezone.now(), **context,
    })  # fmt: skip
    # Kept and asked for again each time, so that what was withdrawn is gone at once.
    response["Cache-Control"] = "public, no-cache"
    if profile.is_listed:
        response["X-Robots-Tag"] = NO_TRAINING
    return response


def _page_number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    if not (asked.isascii() and asked.isdecimal() and 1 <= int(asked) <= LAST_PAGE):
        raise Http404
    return int(asked)
