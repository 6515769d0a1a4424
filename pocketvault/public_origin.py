"""Which of the two sites a request is for: the vault, or the pages that strangers see.

They are two origins, so that nothing on a public page can reach a cookie, a key or a cache of
the vault. One process serves both, and the host decides.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.urls import resolve, set_urlconf
from django.utils.translation import gettext

from pocketvault.kernel.errors import VaultError
from pocketvault.kernel.headers import PUBLIC_POLICY, with_import_map
from pocketvault.kernel.refusals import note_refusal

GetResponse = Callable[[HttpRequest], HttpResponse]


class PublicOriginMiddleware:
    """Answer what is asked of the public host from its own addresses, and from no others.

    Middleware below this one does not run for it: there are no sessions there, no accounts, and
    no forms that a cookie would vouch for.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.policy = with_import_map(PUBLIC_POLICY)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_for_public_host(request):
            return self.get_response(request)
        set_urlconf(settings.PUBLIC_URLCONF)
        # Also where an error page looks, after this has returned.
        request.urlconf = settings.PUBLIC_URLCONF
        match = resolve(request.path_info)
        request.resolver_match = match
        try:
            answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
        except VaultError as error:
            return _in_words(error)
        answer.headers["Content-Security-Policy"] = self.policy
        return answer


def _in_words(error: VaultError) -> HttpResponse:
    note_refusal(error.code)
    response = HttpResponse(
        gettext(str(error)), status=error.status, content_type="text/plain; charset=utf-8"
    )
    if isinstance(wait := error.details.get("retry_after"), int):
        response["Retry-After"] = str(wait)
    return response


def is_for_public_host(request: HttpRequest) -> bool:
    """Whether a request names the public host. Ports are the proxy's affair."""
    asked, _ = split_domain_port(request.headers.get("Host", ""))
    own = urlsplit(settings.PROFILES_URL).hostname
    return own is not None and asked.strip("[]") == own
