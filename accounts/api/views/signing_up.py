"""Signing up."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions.signing_up import check_code, create_account, request_sign_up, resend_code
from accounts.api.answers import answer_with_session
from accounts.api.base import OpenView
from accounts.api.limits import Door, limit
from accounts.api.serializers.fields import KdfSerializer, device_in, read
from accounts.api.serializers.sessions import (
    ConfirmSignUpSerializer,
    EmailSerializer,
    PendingSignUpSerializer,
    SessionSerializer,
    SignUpSerializer,
    offer_in,
)
from accounts.parameters import parameters_for


class ParametersView(OpenView):
    """How to stretch the password of an address."""

    @extend_schema(request=EmailSerializer, responses=KdfSerializer)
    def post(self, request: Request) -> Response:
        """Salt and parameters; an address without an account gets a stable stand-in."""
        email = read(EmailSerializer, request)["email"]
        limit(request, Door.PARAMETERS, name=email)
        return Response(KdfSerializer(parameters_for(email)).data)


class SignUpView(OpenView):
    """Sign-ups that wait for their code."""

    @extend_schema(request=SignUpSerializer, responses={202: PendingSignUpSerializer})
    def post(self, request: Request) -> Response:
        """Ask for an account. The answer is the same when the address already has one."""
        body = read(SignUpSerializer, request)
        limit(request, Door.SIGN_UP, name=body["email"])
        sign_up = request_sign_up(offer_in(body))
        return Response(PendingSignUpSerializer(sign_up).data, status=202)


class ConfirmSignUpView(OpenView):
    """The end of a sign-up."""

    @extend_schema(request=ConfirmSignUpSerializer, responses=SessionSerializer)
    def post(self, request: Request, sign_up_id: UUID) -> Response:
        """Give the code: account, keys and session come to be together."""
        limit(request, Door.CONFIRM, name=sign_up_id)
        body = read(ConfirmSignUpSerializer, request)
        sign_up = check_code(sign_up_id, body["code"])
        with transaction.atomic():
            opened = create_account(sign_up, device=device_in(body))
            return answer_with_session(request, opened)


class ResendCodeView(OpenView):
    """Another code."""

    @extend_schema(request=None, responses={202: PendingSignUpSerializer})
    def post(self, request: Request, sign_up_id: UUID) -> Response:
        """Send a new code; the old one stops working."""
        limit(request, Door.RESEND, name=sign_up_id)
        return Response(PendingSignUpSerializer(resend_code(sign_up_id)).data, status=202)
