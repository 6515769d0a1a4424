"""The pages with which somebody without an account asks about their data. They need no script.

Nothing that is written there reaches anybody before the address is confirmed by a code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from accounts.errors import WrongCodeError
from accounts.models import UnusableAddressError, normalise_email
from pocketvault.kernel.errors import VaultError
from pocketvault.kernel.ratelimit import limit_by_name, limit_by_network
from rights.models import DataRequest
from rights.requests.actions.opening import confirm_address, open_for_guest, spoken
from rights.requests.errors import BadRequestFormError
from rights.requests.regimes import RULES
from rights.requests.writing import Asking
from rights.small_forms import small_forms

# By network and hour; and codes that go to one address in a day.
FORMS, CODES, MAILS = "10/h", "60/h", "5/d"
MOST_TEXT, MOST_NAME, MOST_EMAIL = 4_000, 120, 254


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
        done = confirm_address(number, _digits(request.POST.get("code", "")))
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
    email = _address(request.POST.get("email", ""))
    asking = Asking(email=email, name=given["name"], text=given["text"], language=spoken())
    once = _once(request, email)
    if not DataRequest.objects.filter(once=once).exists():
        limit_by_name(request, door="request:mail", name=email, rate=MAILS)
    return open_for_guest(kind, regime, asking, once=once)


def _once(request: HttpRequest, email: str) -> bytes:
    """What a form that is sent twice has in common: its number, and the address in it."""
    try:
        form = UUID(request.POST.get("form", ""))
    except ValueError as error:
        raise BadRequestFormError from error
    return hashlib.sha256(form.bytes + email.encode()).digest()


def _address(text: str) -> str:
    try:
        validate_email(text.strip())
        email = normalise_email(text)
    except (ValidationError, UnusableAddressError) as error:
        raise BadRequestFormError from error
    if len(email) > MOST_EMAIL:
        raise BadRequestFormError
    return email


def _digits(typed: str) -> str:
    code = "".join(typed.split())
    if not code.isascii() or not code.isdecimal():
        raise WrongCodeError
    return code


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
