"""In which language an answer speaks, and to whom a cache may hand it on."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware

# A page and a refusal are sentences. Everything else is the same bytes in every language.
IN_WORDS = ("text/html", "application/problem+json")


class SpokenLanguageMiddleware(LocaleMiddleware):
    """Django's choice of a language, named on the answers that depend on it and on no other."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Name the language, and that it was asked for, where there is one."""
        if response.headers.get("Content-Type", "").startswith(IN_WORDS):
            return super().process_response(request, response)
        return response
