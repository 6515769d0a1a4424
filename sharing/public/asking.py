"""What a page of ours asks in the background: a task, a grant for it, addresses of pictures.

No answer is an error that a page would have to show. Whoever has to wait is told to, and sees the
blurred picture meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseForbidden,
    JsonResponse,
)
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from pocketvault.kernel.counters import COUNTER_ERRORS
from pocketvault.kernel.errors import TooManyRequestsError, UnavailableError
from pocketvault.kernel.ratelimit import limit_by_network
from sharing.actions.strangers import add_to_day, guard_profile
from sharing.models import Profile, RenditionKind
from sharing.models.publication import SIZES, SMALL
from sharing.public.crawlers import is_search_engine
from sharing.public.finding import open_profile, sizes_of
from sharing.visitors import alarm, grants, memory, passes, tally
from sharing.visitors.addresses import address_of
from sharing.visitors.network import network_of
from sharing.visitors.taking import (
    Taken,
    Visitor,
    note_moved,
    take_large,
    take_large_as,
    take_small,
)
from sharing.visitors.tiers import (
    GRANT_SECONDS,
    GUARDED_SECONDS,
    LARGE_A_REQUEST,
    SMALL_A_REQUEST,
    WAIT_SECONDS,
)

MOST_BYTES = 4_096
_GRANT_FIRST = {"addresses": {}, "wait": 0, "guarded": False, "needs_grant": True}
_WAIT = {"addresses": {}, "wait": WAIT_SECONDS, "guarded": False}
# Far above what a page asks for, far below what would keep a processor busy.
CHALLENGES, REDEEMS = "600/10m", "600/10m"
View = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pictures that a page asks for. ``size`` is the long edge in pixels it can use."""

    profile: str
    size: int
    public_ids: list[str]
    has_moved: bool

    @property
    def is_small(self) -> bool:
        """Whether these are for the grid."""
        return self.size <= SMALL


def from_our_page(request: HttpRequest, *destinations: str) -> bool:
    """Whether a browser says that a page of this origin asks, and for what. Others may lie;
    no other site's page can.
    """
    return (
        request.headers.get("Sec-Fetch-Site") == "same-origin"
        and request.headers.get("Sec-Fetch-Dest") in destinations
    )


def quietly(view: View) -> View:
    """Answer our own page only, and tell it to wait where others would read of an error."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if not from_our_page(request, "empty"):
            return HttpResponseForbidden()
        try:
            # They read pages. Some have browsers, and not all of them heed robots.txt.
            return HttpResponseForbidden() if is_search_engine(request) else view(request)
        except (TooManyRequestsError, UnavailableError, *COUNTER_ERRORS):
            return JsonResponse(_WAIT)

    return answer


@require_GET
@quietly
def show_challenge(request: HttpRequest) -> HttpResponse:
    """Answer a task for a grant."""
    limit_by_network(request, door="public:challenge", rate=CHALLENGES)
    return JsonResponse(grants.challenge_for(network_of(request)))


@require_POST
@quietly
def make_grant(request: HttpRequest) -> HttpResponse:
    """Give a grant for a solved task."""
    limit_by_network(request, door="public:grant", rate=REDEEMS)
    solution = _body(request).get("solution")
    grant = grants.redeem(solution if isinstance(solution, str) else "", network_of(request))
    response = HttpResponse(status=204)
    grants.give(response, grant)
    return response


@require_POST
@quietly
def take_pass(request: HttpRequest) -> HttpResponse:
    """Let a browser in as somebody with an account, for the profile that its pass is for."""
    limit_by_network(request, door="public:pass", rate=REDEEMS)
    match _body(request):
        case {"pass": str(written), "profile": str(name)} if name.isascii() and "\0" not in name:
            profile = str(open_profile(name).owner_id)
        case _:
            return HttpResponseBadRequest()
    person = passes.redeem(written, profile)
    response = HttpResponse(status=204)
    passes.give(response, person, profile)
    return response


@require_POST
@quietly
def give_addresses(request: HttpRequest) -> HttpResponse:
    """Answer where the pictures are that a page may show now. Two queries."""
    grant, wanted = grants.grant_of(request), _wanted(_body(request))
    if wanted is None:
        return HttpResponseBadRequest()
    if grant is None or not grants.is_earned(grant):
        return JsonResponse(_GRANT_FIRST)
    profile = open_profile(wanted.profile)
    visitor = Visitor(grant, network_of(request), str(profile.owner_id))
    sizes = sizes_of(profile, wanted.public_ids)
    is_guarded = profile.guarded_until is not None and profile.guarded_until > timezone.now()
    person = None if wanted.is_small else passes.person_of(request, visitor.profile)
    if is_guarded and not wanted.is_small and person is None:
        return JsonResponse({"addresses": {}, "wait": 0, "guarded": True})
    there = [each for each in wanted.public_ids if each in sizes]
    taken = take_large_as(person, visitor, there) if person else _take(visitor, wanted, there)
    _note(profile, visitor, wanted, taken, is_short=len(taken.allowed) < len(sizes))
    addresses = {
        each: address_of(each, _nearest(sizes[each], wanted.size), RenditionKind.WEBP, grant)
        for each in taken.allowed
    }
    wait = WAIT_SECONDS if len(addresses) < len(sizes) else 0
    return JsonResponse({"addresses": addresses, "wait": wait, "guarded": False})


def _take(visitor: Visitor, wanted: Wanted, public_ids: list[str]) -> Taken:
    if wanted.has_moved:
        note_moved(visitor)
    return (take_small if wanted.is_small else take_large)(visitor, public_ids)


def _note(
    profile: Profile, visitor: Visitor, wanted: Wanted, taken: Taken, *, is_short: bool
) -> None:
    """Count for the owner, and look whether somebody empties the profile."""
    if memory.is_first(f"visit:{visitor.grant}:{visitor.profile}", GRANT_SECONDS):
        tally.note(visitor.profile, tally.VISITS)
    if not wanted.is_small and wanted.public_ids[0] in taken.allowed:
        opened = f"opened:{visitor.grant}:{wanted.public_ids[0]}"
        if memory.is_first(opened, GRANT_SECONDS):
            tally.note(visitor.profile, tally.OPENED)
    if is_short:
        tally.note(visitor.profile, tally.SLOWED)
    if counts := tally.due(visitor.profile):
        add_to_day(profile.owner_id, counts)
    if alarm.is_attack(visitor, len(taken.new)):
        guard_profile(profile.owner_id, GUARDED_SECONDS)


def _nearest(sizes: set[int], wanted: int) -> int:
    """The smallest that is large enough, else the largest of them within the same tier."""
    within = sorted(size for size in sizes if (size <= SMALL) == (wanted <= SMALL)) or [min(sizes)]
    return next((size for size in within if size >= wanted), within[-1])


def _wanted(body: dict[str, object]) -> Wanted | None:
    """What a page asked for, if it is in order."""
    match body:
        case {"profile": str(profile), "size": int(size), "photos": list(photos), **rest}:
            is_small = size <= SMALL
            most = SMALL_A_REQUEST if is_small else LARGE_A_REQUEST
            are_names = all(isinstance(each, str) and 0 < len(each) <= 22 for each in photos)
            if 0 < len(photos) <= most and are_names and 0 < size <= max(SIZES):
                clean = [each for each in dict.fromkeys(photos) if each.isascii()]
                # No name is anything else, and a database would choke on some of it.
                if clean and profile.isascii() and "\0" not in profile + "".join(clean):
                    return Wanted(profile, size, clean, rest.get("moved") is True)
    return None


def _body(request: HttpRequest) -> dict[str, object]:
    """A small JSON object. Whatever else was sent is nothing. Raises `Http404` for too much."""
    try:
        sent = request.read(MOST_BYTES + 1)
        if len(sent) > MOST_BYTES:
            raise Http404
        body = json.loads(sent)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
