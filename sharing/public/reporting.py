"""The form with which anybody says that something is wrong. It needs no script and no cookie.

It stands below each profile, and at ``/report`` for somebody who has nothing but an address.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from pocketvault.kernel.counters import COUNTER_ERRORS
from pocketvault.kernel.errors import TooManyRequestsError, UnavailableError, VaultError
from pocketvault.kernel.ratelimit import limit_by_network
from pocketvault.kernel.small_forms import refusal_of_form
from sharing.actions.strangers import file_report
from sharing.models import Profile, Publication, PublicReport, ReportReason
from sharing.public.finding import open_profile, photo_of, profile_of, shown_photo
from sharing.report_regimes import MOST_LETTERS, REGIMES, Kind, Regime, given_in, is_complete
from sharing.visitors import memory
from sharing.visitors.network import keyed_mailbox

REPORTS = "20/h"
MAILS_A_DAY = 3
MOST_TEXT, MOST_EMAIL = 2000, 254
_ADDRESS = re.compile(
    r"/u/(?P<name>[^/\x00]{1,30})(?:/(?P<photo>[A-Za-z0-9_-]{22}))?/?|"
    r"/i/(?P<picture>[A-Za-z0-9_-]{22})/[0-9]{1,4}[.](?:webp|jpg)"
)


class BadReportError(VaultError):
    """A form that is not filled in as it must be."""

    code = "bad_report"
    sentence = "Please say what is wrong, and check the e-mail address if you gave one."


class ForeignFormError(VaultError):
    """A form that another site sent in somebody's name."""

    code = "forged_request"
    status = 403
    sentence = "This form did not come from our own page. Reload it and try again."


class IncompleteReportError(VaultError):
    """A report without something that the law it is made under asks for."""

    code = "report_incomplete"
    sentence = "Something is missing that the law asks for in such a report. It is marked below."


class NotShownHereError(VaultError):
    """An address of nothing that is shown here."""

    code = "not_shown_here"
    status = 404
    sentence = "We show nothing under this address. Copy it from the page of the photo or profile."


PROBLEMS = (
    BadReportError, IncompleteReportError, ForeignFormError, NotShownHereError,
    TooManyRequestsError, UnavailableError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about; without a profile, that is asked too."""

    profile: Profile | None
    photo: Publication | None


@require_http_methods(["GET", "HEAD", "POST"])
def show_report(request: HttpRequest, name: str) -> HttpResponse:
    """Answer the form about a profile or its photo, and take what was written into it."""
    profile = open_profile(name)
    if problem := refusal_of_form(request, BadReportError()):
        return _refused(request, Subject(profile, None), problem)
    photo = _photo(profile, request.POST.get("photo") or request.GET.get("photo") or "")
    return _answer(request, lambda: Subject(profile, photo), Subject(profile, photo))


@require_http_methods(["GET", "HEAD", "POST"])
def show_report_of_address(request: HttpRequest) -> HttpResponse:
    """Answer the same form to somebody who has an address and no more."""
    if problem := refusal_of_form(request, BadReportError()):
        return _refused(request, NOTHING_YET, problem)
    return _answer(request, lambda: _subject_at(request.POST.get("address", "")), NOTHING_YET)


NOTHING_YET = Subject(None, None)


def _answer(
    request: HttpRequest, find: Callable[[], Subject], shown: Subject
) -> HttpResponse:
    if request.method != "POST":
        return _form(request, shown)
    try:
        report = _take_in(request, find)
    except PROBLEMS as error:
        return _with_problem(request, shown, error)
    return _form(request, shown, is_sent=True, number=report.number)


def _refused(request: HttpRequest, shown: Subject, problem: VaultError) -> HttpResponse:
    """The empty form: nothing of what was sent is read."""
    request.POST = QueryDict()
    return _with_problem(request, shown, problem)


def _with_problem(request: HttpRequest, shown: Subject, problem: VaultError) -> HttpResponse:
    answer = _form(request, shown, problem=gettext(str(problem)))
    answer.status_code = problem.status
    return answer


def _take_in(request: HttpRequest, find: Callable[[], Subject]) -> PublicReport:
    if not _is_our_form(request):
        raise ForeignFormError
    limit_by_network(request, door="public:report", rate=REPORTS)
    text, email = request.POST.get("text", "").strip(), request.POST.get("email", "").strip()
    reason = request.POST.get("reason", "")
    has_null = any("\0" in str(value) for value in request.POST.values())
    if reason not in REGIMES or len(text) > MOST_TEXT or has_null:
        raise BadReportError
    if email:
        _check_email(email)
    regime = REGIMES[ReportReason(reason)]
    given = given_in(regime, request.POST)
    if any(len(str(value)) > MOST_LETTERS for value in given.values()):
        raise BadReportError
    if not is_complete(regime, given, text, email):
        raise IncompleteReportError
    subject = find()
    if subject.profile is None:
        raise NotShownHereError
    return file_report(
        subject.profile, subject.photo, reason=regime.reason, text=text, email=email,
        tells=bool(email) and _may_tell(email), given=given,
    )  # fmt: skip


def _subject_at(address: str) -> Subject:
    """What is shown under an address of ours, whichever host it was copied from."""
    try:
        path = unquote(urlsplit(address.strip()).path)
    except ValueError as error:
        raise NotShownHereError from error
    match = _ADDRESS.fullmatch(path)
    if match is None:
        raise NotShownHereError
    try:
        if match["picture"]:
            rendition = shown_photo(match["picture"])
            return Subject(profile_of(rendition), rendition)
        profile = open_profile(match["name"])
        return Subject(profile, _photo(profile, match["photo"] or ""))
    except Http404 as error:
        raise NotShownHereError from error


def _may_tell(email: str) -> bool:
    """Whether an address that anybody may have written there gets another mail today. What the
    page says is the same.
    """
    try:
        return memory.count(f"told:{keyed_mailbox(email)}") <= MAILS_A_DAY
    except COUNTER_ERRORS:
        return False


def _is_our_form(request: HttpRequest) -> bool:
    """Whether no browser says that another site sent this. There is no cookie to misuse."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin", settings.PROFILES_URL) == settings.PROFILES_URL


def _check_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise BadReportError from error
    if len(email) > MOST_EMAIL:
        raise BadReportError


def _photo(profile: Profile, public_id: str) -> Publication | None:
    """The photo that a report is about. Raises `Http404` for one that is not shown."""
    if not public_id:
        return None
    if "\0" in public_id:
        raise Http404
    return photo_of(profile, public_id)


def _form(request: HttpRequest, subject: Subject, **more: object) -> HttpResponse:
    sent = request.POST
    given = {name: sent.get(name, "") for name in ("text", "email", "address")}
    answer = render(request, "public/report.html", {
        "profile": subject.profile, "photo": subject.photo, "chosen": sent.get("reason", ""),
        **given, "regimes": [_shown(regime, sent) for regime in REGIMES.values()], **more,
    })  # fmt: skip
    # Else browsers would say "null" where they name the origin of what is sent.
    answer["Referrer-Policy"] = "same-origin"
    return answer


def _shown(regime: Regime, sent: Mapping[str, str]) -> dict[str, object]:
    """A regime as the form has it, with what was given already."""
    given, is_chosen = given_in(regime, sent), sent.get("reason") == regime.reason
    elements = [
        {
            "name": f"{regime.reason.value}-{each.name}", "words": gettext(each.words),
            "is_tick": each.kind is Kind.TICK, "value": given[each.name],
            "is_missing": is_chosen and not given[each.name],
        }
        for each in regime.elements
    ]  # fmt: skip
    return {
        "value": regime.reason.value, "words": gettext(regime.words),
        "hint": regime.hint and gettext(regime.hint), "elements": elements,
        "needs_text": regime.needs_text, "needs_email": regime.needs_email,
    }  # fmt: skip
