"""The pages with which somebody without an account asks about their data. They need no script.

Nothing that is written there reaches anybody before the address is confirmed by a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from pocketvault.kernel.errors import VaultError
from pocketvault.kernel.languages import spoken_language
from pocketvault.kernel.ratelimit import limit_by_name, limit_by_network
from rights.guest_fields import read_digits, read_email, read_once
from rights.models import DataRequest
from rights.requests.actions.opening import confirm_address, open_for_guest
from rights.requests.errors import BadRequestFormError
from rights.requests.regimes import RULES
from rights.requests.writing import Asking
from rights.small_forms import small_forms

# By network and hour; and codes that go to one address in a day.
FORMS, CODES, MAILS = "10/h", "60/h", "5/d"
MOST_TEXT, MOST_NAME = 4_000, 120


def _refused(request: HttpRequest, error: VaultError) -> HttpResponse:
    context = {"step": "refused", "problem": gettext(str(error))}
    return _page(request, context, error.status)


_small_forms = small_forms(_refused, BadRequestFormError())


@_small_forms
def ask(request: HttpRequest) -> HttpResponse:
    """The form; whoever sent it is asked for the code that was mailed."""
    if request.method != "POST":
        return _form(request)
    try:
        asked = _take(request)
    except VaultError as error:
        return _form(request, problem=gettext(str(error)), status=error.status)
    return _code(request, asked.number)


@_small_forms
def confirm(request: HttpRequest) -> HttpResponse:
    """The code. With it, the request reaches the desk."""
    if request.method != "POST":
        return _code(request, request.GET.get("number", "")[:16])
    number = request.POST.get("number", "").strip().upper()[:16]
    try:
        limit_by_network(request, door="request:code", rate=CODES)
        done = confirm_address(number, read_digits(request.POST.get("code", "")))
    except VaultError as error:
        return _code(request, number, problem=gettext(str(error)), status=error.status)
    return _page(request, {"step": "done", "asked": done})


def _take(request: HttpRequest) -> DataRequest:
    limit_by_network(request, door="request:form", rate=FORMS)
    given = {name: request.POST.get(name, "").strip() for name in ("name", "text", "right")}
    if len(given["text"]) > MOST_TEXT or len(given["name"]) > MOST_NAME or not given["text"]:
        raise BadRequestFormError
    if "\0" in "".join(given.values()):
        raise BadRequestFormError
    regime, _, kind = given["right"].partition(".")
    email = read_email(request.POST.get("email", ""))
    once = None if email is None else read_once(request.POST.get("form", ""), email)
    if email is None or once is None:
        raise BadRequestFormError
    asking = Asking(email=email, name=given["name"], text=given["text"], language=spoken_language())
    if not DataRequest.objects.filter(once=once).exists():
        limit_by_name(request, door="request:mail", name=email, rate=MAILS)
    return open_for_guest(kind, regime, asking, once=once)


def _form(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    given = {name: request.POST.get(name, "") for name in ("name", "email", "text", "right")}
    rights = [
        (f"{regime}.{kind}", gettext(rule.title), rule.article, regime.label)
        for (regime, kind), rule in RULES.items()
    ]
    form = request.POST.get("form") or uuid4()
    context = {"step": "form", "rights": rights, "form": form, "problem": problem, **given}
    return _page(request, context, status)


def _code(request: HttpRequest, number: str, problem: str = "", status: int = 200) -> HttpResponse:
    return _page(request, {"step": "code", "number": number, "problem": problem}, status)


def _page(request: HttpRequest, context: Mapping[str, object], status: int = 200) -> HttpResponse:
    answer = render(request, "request.html", dict(context), status=status)
    # Else browsers would say "null" where they name the origin of what is sent.
    answer["Referrer-Policy"] = "same-origin"
    return answer
