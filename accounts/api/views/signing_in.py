"""Signing in, in each of the ways there are."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions.challenges import asked_of
from accounts.actions.passkeys import ask_any_passkey
from accounts.actions.resetting import confirm_reset, request_reset
from accounts.actions.signing_in import (
    answer_second_factor,
    sign_in,
    sign_in_with_passkey,
    sign_in_with_recovery,
)
from accounts.api.answers import SIGN_IN_ANSWER, answer_sign_in, answer_with_session
from accounts.api.base import OpenView
from accounts.api.limits import Door, limit
from accounts.api.serializers.fields import device_in, kdf_in, read
from accounts.api.serializers.sessions import (
    EmailSerializer,
    PasskeySignInSerializer,
    QuestionSerializer,
    RecoverySignInSerializer,
    ResetSerializer,
    SecondFactorSerializer,
    SessionSerializer,
    SignInSerializer,
    credential_in,
)


class SignInView(OpenView):
    """By password."""

    @extend_schema(request=SignInSerializer, responses=SIGN_IN_ANSWER)
    def post(self, request: Request) -> Response:
        """Sign in, or be asked for a second factor."""
        body = read(SignInSerializer, request)
        limit(request, Door.SIGN_IN, name=body["email"])
        result = sign_in(body["email"], body["auth_key"], device=device_in(body))
        return answer_sign_in(request, result)


class SecondFactorView(OpenView):
    """The second half of a sign-in."""

    @extend_schema(request=SecondFactorSerializer, responses=SessionSerializer)
    def post(self, request: Request) -> Response:
        """Answer with a code from the app, a paper code, or a passkey."""
        body = read(SecondFactorSerializer, request)
        limit(request, Door.SECOND_FACTOR, name=asked_of(body["challenge_id"]))
        opened = answer_second_factor(
            body["challenge_id"],
            code=body["code"] if body["method"] == "totp" else "",
            paper_code=body["code"] if body["method"] == "recovery_code" else "",
            credential=credential_in(body) if body["method"] == "passkey" else None,
        )
        return answer_with_session(request, opened)


class PasskeyOptionsView(OpenView):
    """The question for signing in with a passkey."""

    @extend_schema(request=None, responses=QuestionSerializer)
    def post(self, request: Request) -> Response:
        """Options for any passkey this device knows."""
        limit(request, Door.PASSKEY)
        return Response(QuestionSerializer(ask_any_passkey()).data)


class PasskeySignInView(OpenView):
    """By passkey."""

    @extend_schema(request=PasskeySignInSerializer, responses=SessionSerializer)
    def post(self, request: Request) -> Response:
        """Sign in with a passkey's answer."""
        body = read(PasskeySignInSerializer, request)
        limit(request, Door.PASSKEY, name=body["challenge_id"])
        opened = sign_in_with_passkey(
            body["challenge_id"], credential_in(body), device=device_in(body)
        )
        return answer_with_session(request, opened)


class RecoverySignInView(OpenView):
    """By recovery phrase."""

    @extend_schema(request=RecoverySignInSerializer, responses=SessionSerializer)
    def post(self, request: Request) -> Response:
        """Sign in with the phrase; a new password has to be set next."""
        body = read(RecoverySignInSerializer, request)
        limit(request, Door.RECOVERY, name=body["email"])
        opened = sign_in_with_recovery(
            body["email"], body["recovery_auth_key"], device=device_in(body)
        )
        return answer_with_session(request, opened)


class ResetView(OpenView):
    """A link by mail."""

    @extend_schema(request=EmailSerializer, responses={202: None})
    def post(self, request: Request) -> Response:
        """Send a link, if the address has an account. The answer does not say."""
        email = read(EmailSerializer, request)["email"]
        limit(request, Door.RESET, name=email)
        request_reset(email)
        return Response(status=202)


class ConfirmResetView(OpenView):
    """By the link from the mail."""

    @extend_schema(request=ResetSerializer, responses=SIGN_IN_ANSWER)
    def post(self, request: Request) -> Response:
        """Set a new password. The vault stays shut until it is opened another way."""
        body = read(ResetSerializer, request)
        limit(request, Door.RESET_CONFIRM)
        result = confirm_reset(
            body["token"], auth_key=body["auth_key"], kdf=kdf_in(body), device=device_in(body)
        )
        return answer_sign_in(request, result)
