"""The pictures themselves: opened for this answer, kept nowhere."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from pocketvault.kernel.counters import COUNTER_ERRORS
from sharing.models import Rendition, RenditionKind
from sharing.public.asking import from_our_page
from sharing.public.finding import cover_rendition, open_profile, open_rendition, shown_rendition
from sharing.visitors import grants
from sharing.visitors.addresses import is_good
from sharing.visitors.network import network_of

KEEP_SECONDS = 60


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


@require_safe
def show_cover(request: HttpRequest, name: str) -> HttpResponse:
    """Answer the one photo that its owner chose for cards elsewhere, to whoever asks."""
    return _picture(request, cover_rendition(open_profile(name)), "public, no-cache")


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


def _picture(request: HttpRequest, rendition: Rendition, keep: str) -> HttpResponse:
    tag = f'"{bytes(rendition.sha256).hex()}"'
    headers = {"ETag": tag, "Cache-Control": keep}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers=headers)
    media_type = RenditionKind(rendition.kind).media_type
    return HttpResponse(open_rendition(rendition), content_type=media_type, headers=headers)
