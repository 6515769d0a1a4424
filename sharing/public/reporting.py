"""The form with which anybody says that something is wrong. It needs no script and no cookie."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods

from pocketvault.kernel.counters import COUNTER_ERRORS
from pocketvault.kernel.errors import TooManyRequestsError, UnavailableError, VaultError
from pocketvault.kernel.ratelimit import limit_by_network
from sharing.actions.strangers import file_report
from sharing.models import Profile, Publication, PublicReport, ReportReason
from sharing.public.finding import open_profile, photo_of
from sharing.visitors import memory
from sharing.visitors.network import keyed_mailbox

REPORTS = "20/h"
MAILS_A_DAY = 3
MOST_TEXT, MOST_EMAIL = 2000, 254
REASONS = {
    ReportReason.SHOWS_ME: gettext_noop("It shows me, and I did not agree"),
    ReportReason.MINE: gettext_noop("I took this photo, and it is used without asking"),
    ReportReason.INTIMATE: gettext_noop("It is intimate, and shown without consent"),
    ReportReason.CHILD: gettext_noop("It harms a child"),
    ReportReason.ILLEGAL: gettext_noop("It is against the law in another way"),
    ReportReason.OTHER: gettext_noop("Something else"),
}


class BadReportError(VaultError):
    """A form that is not filled in as it must be."""

    code = "bad_report"
    sentence = "Please say what is wrong, and check the e-mail address if you gave one."


class ForeignFormError(VaultError):
    """A form that another site sent in somebody's name."""

    code = "forged_request"
    status = 403
    sentence = "This form did not come from our own page. Reload it and try again."


@require_http_methods(["GET", "HEAD", "POST"])
def show_report(request: HttpRequest, name: str) -> HttpResponse:
    """Answer the form, and take what was written into it."""
    profile = open_profile(name)
    photo = _photo(profile, request.POST.get("photo") or request.GET.get("photo") or "")
    if request.method != "POST":
        return _form(request, profile, photo)
    try:
        report = _take_in(request, profile, photo)
    except (BadReportError, ForeignFormError, TooManyRequestsError, UnavailableError) as error:
        answer = _form(request, profile, photo, problem=gettext(str(error)))
        answer.status_code = error.status
        return answer
    return _form(request, profile, photo, is_sent=True, number=report.number)


def _take_in(
    request: HttpRequest, profile: Profile, photo: Publication | None
) -> PublicReport:
    if not _is_our_form(request):
        raise ForeignFormError
    limit_by_network(request, door="public:report", rate=REPORTS)
    text, email = request.POST.get("text", "").strip(), request.POST.get("email", "").strip()
    reason = request.POST.get("reason", "")
    if reason not in REASONS or len(text) > MOST_TEXT or "\0" in text + email:
        raise BadReportError
    if email:
        _check_email(email)
    return file_report(
        profile, photo, reason=ReportReason(reason), text=text, email=email,
        tells=bool(email) and _may_tell(email),
    )  # fmt: skip


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


def _form(
    request: HttpRequest, profile: Profile, photo: Publication | None, **more: object
) -> HttpResponse:
    given = {name: request.POST.get(name, "") for name in ("text", "email")}
    answer = render(request, "public/report.html", {
        "profile": profile, "photo": photo, "chosen": request.POST.get("reason", ""), **given,
        "reasons": [(value.value, gettext(words)) for value, words in REASONS.items()], **more,
    })  # fmt: skip
    # Else browsers would say "null" where they name the origin of what is sent.
    answer["Referrer-Policy"] = "same-origin"
    return answer
