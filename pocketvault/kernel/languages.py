"""In which language an answer speaks, and to whom a cache may hand it on."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, gettext_noop

# A page and a refusal are sentences. Everything else is the same bytes in every language.
IN_WORDS = ("text/html", "application/problem+json")


def spoken_language() -> str:
    """The code of the language that is spoken now."""
    return get_language() or settings.LANGUAGE_CODE


# How days and times are written, in the letters of Django's ``date`` filter. Translated as
# sentences are: Django's own formats shorten the month in English, and have no such time.
DAY = gettext_noop("j F Y")
FORMATS = (
    DAY, gettext_noop("j F Y, H:i"), gettext_noop("j F"), gettext_noop("j M Y"),
    gettext_noop("j M Y, H:i"), gettext_noop("j M Y, H:i:s"), gettext_noop("j M, H:i"),
)  # fmt: skip


def long_day(day: date | str) -> str:
    """A day as people write it in the language that is spoken now, such as ``1 December 2026``.

    A string is an ISO date. Raises ``ValueError`` for another.
    """
    return dated(date.fromisoformat(day) if isinstance(day, str) else day, DAY)


def dated(moment: date, form: str) -> str:
    """A day or moment in one of `FORMATS`. Raises ``ValueError`` for another form."""
    if form not in FORMATS:
        raise ValueError(form)
    return date_format(moment, gettext(form))


class SpokenLanguageMiddleware(LocaleMiddleware):
    """Django's choice of a language, named on the answers that depend on it and on no other."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Name the language, and that it was asked for, where there is one."""
        if response.headers.get("Content-Type", "").startswith(IN_WORDS):
            return super().process_response(request, response)
        return response
