"""In which language an answer speaks, and to whom a cache may hand it on."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext

# A page and a refusal are sentences. Everything else is the same bytes in every language.
IN_WORDS = ("text/html", "application/problem+json")


def spoken_language() -> str:
    """The code of the language that is spoken now."""
    return get_language() or settings.LANGUAGE_CODE


def long_day(day: date | str) -> str:
    """A day as people write it in the language that is spoken now, such as ``1 December 2026``.

    A string is an ISO date. Raises ``ValueError`` for another.
    """
    said = date.fromisoformat(day) if isinstance(day, str) else day
    # In the letters of Django's ``date`` filter; its own formats shorten the month in English.
    return date_format(said, gettext("j F Y"))


class SpokenLanguageMiddleware(LocaleMiddleware):
    """Django's choice of a language, named on the answers that depend on it and on no other."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Name the language, and that it was asked for, where there is one."""
        if response.headers.get("Content-Type", "").startswith(IN_WORDS):
            return super().process_response(request, response)
        return response
