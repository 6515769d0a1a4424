"""Turning what actions return into answers, and a session into a cookie."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions.known_devices import remember_device
from accounts.actions.passkeys import known_options
from accounts.actions.sessions import OpenedSession
from accounts.actions.signing_in import SignInResult
from accounts.api.authentication import plain_request
from accounts.api.limits import DEVICE_COOKIE
from accounts.api.serializers.sessions import SecondFactorAskedSerializer, SessionSerializer
from accounts.middleware import SESSION_ID
from accounts.models import (
    AccountSession,
    KeyBundle,
    Passkey,
    Preferences,
    SecondFactorChallenge,
    SessionKind,
)
from accounts.models.known_device import KNOWN_FOR

SPOKEN_FOR = timedelta(days=365)
SIGN_IN_ANSWER = PolymorphicProxySerializer(
    component_name="SignInAnswer",
    serializers=[SessionSerializer, SecondFactorAskedSerializer],
    resource_type_field_name=None,
)


def answer_with_session(request: Request, opened: OpenedSession) -> Response:
    """The session's facts; to a browser also its cookie, to an app its token."""
    facts = session_facts(opened.session)
    if opened.token is not None:
        facts["token"] = opened.token
    response = Response(SessionSerializer(facts).data)
    if opened.session.kind == SessionKind.COOKIE:
        _hand_cookie(plain_request(request), opened.session)
        _know_again(request, response, opened.session)
        chosen = Preferences.objects.filter(pk=opened.session.account_id)
        speak(response, chosen.values_list("language", flat=True).first())
    return response


def answer_sign_in(request: Request, result: SignInResult) -> Response:
    """A session, or the question that comes before it."""
    if isinstance(result, OpenedSession):
        return answer_with_session(request, result)
    return Response(SecondFactorAskedSerializer({"second_factor": _asked(result)}).data)


def speak(response: Response, language: str | None) -> Response:
    """Have this browser shown pages in the language that its owner chose."""
    if language is not None:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=SPOKEN_FOR, secure=True,
            httponly=True, samesite="Lax",
        )  # fmt: skip
    return response


def session_facts(session: AccountSession) -> dict[str, object]:
    """What a device is told about its own session."""
    account = session.account
    bundles = KeyBundle.objects.filter(pk=account.pk).exclude(recovery_confirmed_at=None)
    return {
        "account_id": account.pk,
        "email": account.email,
        "session_id": session.pk,
        "step_up_until": session.step_up_until,
        "vault_shut": account.vault_shut_at is not None,
        "must_set_password": session.must_set_password,
        "recovery_confirmed": bundles.exists(),
    }


def forget_browser(request: Request, response: Response, *, is_known: bool = False) -> Response:
    """Drop the cookie, and tell the browser to drop everything it keeps for us.

    ``is_known`` leaves the mark of a known device, which opens nothing: signed out is how a
    browser is found when strangers have tried its owner's name too often.
    """
    plain_request(request).session.flush()
    if is_known:
        response.delete_cookie(settings.CSRF_COOKIE_NAME, samesite="Strict")
        response["Clear-Site-Data"] = '"cache", "storage"'
    else:
        response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


def _asked(challenge: SecondFactorChallenge) -> dict[str, object]:
    has_passkey = Passkey.objects.filter(account=challenge.account).exists()
    methods = ["totp", "passkey", "recovery_code"] if has_passkey else ["totp", "recovery_code"]
    options = known_options(challenge) if has_passkey else None
    return {"challenge_id": challenge.pk, "methods": methods, "public_key": options}


def _know_again(request: Request, response: Response, session: AccountSession) -> None:
    token = remember_device(session, request.COOKIES.get(DEVICE_COOKIE, ""))
    if token is not None:
        response.set_cookie(
            DEVICE_COOKIE, token, max_age=KNOWN_FOR, secure=True, httponly=True, samesite="Strict"
        )


def _hand_cookie(request: HttpRequest, session: AccountSession) -> None:
    """A new cookie and a new CSRF secret: what was there before sign-in is worth nothing.

    Saved at once, so that inside a transaction it stands or falls with the session.
    """
    before = request.session.get(SESSION_ID)
    if before is not None:
        AccountSession.objects.filter(pk=before, account=session.account).delete()
    request.session.flush()
    request.session[SESSION_ID] = str(session.pk)
    request.session.save()
    rotate_token(request)
