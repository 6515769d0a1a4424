"""Forms that need no script and no account: bounded before a byte of them is read."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from pocketvault.kernel.errors import VaultError
from pocketvault.kernel.small_forms import refusal_of_form

View = Callable[..., HttpResponse]
Refusal = Callable[[HttpRequest, VaultError], HttpResponse]


def small_forms(refused: Refusal, wrong: VaultError) -> Callable[[View], View]:
    """Refuse what is no form of ours before a byte of it is read. Django's own check of the token
    reads the form, so it comes after this one. ``wrong`` is what another encoding gets.
    """

    def decorate(view: View) -> View:
        protected = csrf_protect(view)

        def answer(request: HttpRequest, **names: object) -> HttpResponse:
            problem = refusal_of_form(request, wrong)
            return refused(request, problem) if problem else protected(request, **names)

        methods = require_http_methods(["GET", "HEAD", "POST"])
        return csrf_exempt(never_cache(methods(answer)))

    return decorate
