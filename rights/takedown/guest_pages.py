"""The pages on which somebody without an account asks for help with a copy of a picture of them.
They need no script. Nothing that is written there reaches anybody before the code comes back.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from pocketvault.kernel.errors import VaultError
from pocketvault.kernel.ratelimit import limit_by_name, limit_by_network
from rights.guest_fields import read_digits, read_email, read_once
from rights.models import TakedownAsk
from rights.small_forms import small_forms
from rights.takedown.actions.helping import ask_for_help, confirm_help
from rights.takedown.asking import LANES, MOST_ADDRESSES, Asked, fields_of, read_form
from rights.takedown.errors import BadTakedownFormError
from rights.takedown.regimes import Element

# By network and hour; and codes that go to one address in a day.
FORMS, CODES, MAILS = "10/h", "60/h", "5/d"
MOST_URLS = MOST_ADDRESSES * 2001


def _refused(request: HttpRequest, error: VaultError) -> HttpResponse:
    context = {"step": "refused", "problem": gettext(str(error))}
    return _page(request, context, error.status)


_forms = small_forms(_refused, BadTakedownFormError())


@_forms
def ask_for_takedown(request: HttpRequest) -> HttpResponse:
    """What it is about, then the form of that; whoever sent it is asked for the mailed code."""
    said = request.POST if request.method == "POST" else request.GET
    lane = said.get("lane", "")
    if lane not in LANES:
        report = f"{settings.PROFILES_URL}/report" if settings.PROFILES_URL else ""
        return _page(request, {"step": "choose", "report_address": report})
    if request.method != "POST":
        return _form(request, lane)
    asked = read_form(request.POST.dict(), lane)
    if asked is None or len(request.POST.get("urls", "")) > MOST_URLS:
        return _refused(request, BadTakedownFormError())
    try:
        row = _take(request, asked)
    except VaultError as error:
        return _form(request, lane, asked.lacks, gettext(str(error)), error.status)
    return _code(request, row.number)


@_forms
def confirm_takedown(request: HttpRequest) -> HttpResponse:
    """The code. With it the cases open, and the notices go out."""
    if request.method != "POST":
        return _code(request, request.GET.get("number", "")[:16])
    number = request.POST.get("number", "").strip().upper()[:16]
    try:
        limit_by_network(request, door="takedown:code", rate=CODES)
        numbers = confirm_help(number, read_digits(request.POST.get("code", "")))
    except VaultError as error:
        return _code(request, number, problem=gettext(str(error)), status=error.status)
    return _page(request, {"step": "done", "numbers": numbers})


def _take(request: HttpRequest, asked: Asked) -> TakedownAsk:
    limit_by_network(request, door="takedown:form", rate=FORMS)
    email = read_email(asked.paper.email)
    once = None if email is None else read_once(request.POST.get("form", ""), email)
    if email is None or once is None or asked.lacks:
        raise BadTakedownFormError
    if not TakedownAsk.objects.filter(once=once).exists():
        limit_by_name(request, door="takedown:mail", name=email, rate=MAILS)
    return ask_for_help(asked.with_email(email), once=once)


def _form(
    request: HttpRequest, lane: str, lacks: frozenset[Element] = frozenset(), problem: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    given = request.POST.dict()
    context = {
        "step": "form", "lane": lane, "fields": fields_of(lane, given, lacks),
        "form": given.get("form") or uuid4(), "urls": given.get("urls", ""), "problem": problem,
        "lacks_urls": Element.LOCATION in lacks,
    }  # fmt: skip
    return _page(request, context, status)


def _code(request: HttpRequest, number: str, problem: str = "", status: int = 200) -> HttpResponse:
    return _page(request, {"step": "code", "number": number, "problem": problem}, status)


def _page(request: HttpRequest, context: Mapping[str, object], status: int = 200) -> HttpResponse:
    answer = render(request, "takedown.html", dict(context), status=status)
    # Else browsers would say "null" where they name the origin of what is sent.
    answer["Referrer-Policy"] = "same-origin"
    return answer
