"""The page on which somebody without an account follows their case, and ends it. It needs no
script: the link in the mail is the proof of who comes.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from pocketvault.kernel.errors import NotFoundError, VaultError
from pocketvault.kernel.ratelimit import limit_by_name, limit_by_network
from rights.models import Takedown
from rights.small_forms import small_forms
from rights.takedown.actions.by_link import end_by_link, renew_link
from rights.takedown.errors import BadTakedownFormError
from rights.takedown.guest_links import case_of_link
from rights.takedown.guest_words import guest_facts

# By network and hour, and new links of one case in a day.
VISITS, LINKS = "120/h", "5/d"


def _refused(request: HttpRequest, error: VaultError) -> HttpResponse:
    context = {"step": "refused", "problem": gettext(str(error)), "address": request.path}
    return _page(request, context, error.status)


@small_forms(_refused, BadTakedownFormError())
def show_case_of_guest(request: HttpRequest, token: str) -> HttpResponse:
    """How a case stands. A link that nobody was sent, that is over or that was ended leads to the
    same nowhere.
    """
    try:
        limit_by_network(request, door="takedown:case", rate=VISITS)
    except VaultError as error:
        return _refused(request, error)
    case = case_of_link(token)
    if case is None:
        raise Http404
    if request.method != "POST":
        return _case(request, case)
    try:
        return _act(request, case, token)
    except NotFoundError as error:  # ended a moment ago
        raise Http404 from error
    except VaultError as error:
        return _case(request, case, problem=gettext(str(error)), status=error.status)


def _act(request: HttpRequest, case: Takedown, token: str) -> HttpResponse:
    act = request.POST.get("act", "")
    if act == "end" and request.POST.get("sure") == "on":
        return _case(request, end_by_link(token))
    if act == "renew":
        limit_by_name(request, door="takedown:link", name=str(case.pk), rate=LINKS)
        renew_link(token)
        return _page(request, {"step": "renewed"})
    raise BadTakedownFormError


def _case(
    request: HttpRequest, case: Takedown, *, problem: str = "", status: int = 200
) -> HttpResponse:
    return _page(request, {"step": "case", "problem": problem, **guest_facts(case)}, status)


def _page(request: HttpRequest, context: Mapping[str, object], status: int = 200) -> HttpResponse:
    answer = render(request, "takedown-case.html", dict(context), status=status)
    # The address is the proof: it goes along to nowhere else. Within us browsers say the origin.
    answer["Referrer-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex"
    return answer
