"""The pictures themselves: opened for this answer, kept nowhere."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from pocketvault.kernel.counters import COUNTER_ERRORS
from pocketvault.kernel.errors import TooManyRequestsError, UnavailableError
from pocketvault.kernel.purposes import PUBLISH_IMAGES, touches_for
from sharing.models import Profile, Rendition, RenditionKind
from sharing.public.asking import from_our_page
from sharing.public.crawlers import is_search_engine
from sharing.public.finding import cover_rendition, open_profile, open_rendition, shown_rendition
from sharing.visitors import grants
from sharing.visitors.addresses import is_good
from sharing.visitors.network import network_of
from sharing.visitors.taking import take_cover

KEEP_SECONDS = 60
SECONDS_A_COVER = 10


@touches_for(PUBLISH_IMAGES)
@require_safe
def show_picture(request: HttpRequest, public_id: str, size: int, kind: str) -> HttpResponse:
    """Answer a picture to the browser whose grant its address was made for. One query."""
    grant, given = grants.grant_of(request), request.GET
    is_theirs = grant is not None and is_good(
        public_id, size, kind,
        grant=grant, until=given.get("until", ""), tag=given.get("tag", ""),
    )  # fmt: skip
    if not is_theirs or not from_our_page(request, "image", "empty"):
        raise Http404
    rendition = shown_rendition(public_id, size, kind)
    return _picture(request, rendition, f"private, max-age={KEEP_SECONDS}")


@touches_for(PUBLISH_IMAGES)
@require_safe
def show_cover(request: HttpRequest, name: str) -> HttpResponse:
    """Answer the one photo that its owner chose for cards elsewhere, to whoever asks. Whoever
    takes those of many profiles waits, unless it is a search engine and the profile is listed.
    """
    profile = open_profile(name)
    rendition = cover_rendition(profile)
    if not _may_have_cover(request, profile):
        raise TooManyRequestsError(retry_after=SECONDS_A_COVER)
    return _picture(request, rendition, "public, no-cache")


@require_safe
def show_everything(request: HttpRequest, name: str) -> HttpResponse:
    """Answer nothing. No person sees the link to it, so whoever comes here follows every link:
    their next grant is dearer for a while.
    """
    del name
    try:
        grants.note_trapped(network_of(request))
    except COUNTER_ERRORS as error:
        raise Http404 from error
    raise Http404


def _may_have_cover(request: HttpRequest, profile: Profile) -> bool:
    try:
        if profile.is_listed and is_search_engine(request):
            return True
        return take_cover(network_of(request), str(profile.owner_id))
    except COUNTER_ERRORS as error:
        raise UnavailableError(retry_after=SECONDS_A_COVER) from error


def _picture(request: HttpRequest, rendition: Rendition, keep: str) -> HttpResponse:
    tag = f'"{bytes(rendition.sha256).hex()}"'
    headers = {"ETag": tag, "Cache-Control": keep}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers=headers)
    media_type = RenditionKind(rendition.kind).media_type
    return HttpResponse(open_rendition(rendition), content_type=media_type, headers=headers)
