"""Authenticator apps and passkeys of the account that asks."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import passkeys, second_factors
from accounts.api.base import AccountView
from accounts.api.limits import Door, limit
from accounts.api.serializers.fields import read
from accounts.api.serializers.keys import (
    NewPasskeyQuestionSerializer,
    NewPasskeySerializer,
    PasskeyNameSerializer,
    PasskeySerializer,
    RecoveryCodesSerializer,
    TotpCodeSerializer,
    TotpSecretSerializer,
    TotpStateSerializer,
)
from accounts.api.serializers.sessions import QuestionSerializer, credential_in
from accounts.models import Passkey, RecoveryCode


class TotpView(AccountView):
    """The authenticator app."""

    @extend_schema(responses=TotpStateSerializer)
    def get(self, request: Request) -> Response:
        """Whether one is set up."""
        left = RecoveryCode.objects.filter(account=self.account).count()
        state = {"is_on": second_factors.has_totp(self.account), "recovery_codes_left": left}
        return Response(TotpStateSerializer(state).data)

    @extend_schema(request=None, responses=TotpSecretSerializer)
    def post(self, request: Request) -> Response:
        """Begin to set one up."""
        secret = second_factors.begin_totp(self.session)
        uri = second_factors.totp_address(secret, self.account)
        return Response(TotpSecretSerializer({"secret": secret, "uri": uri}).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Switch it off."""
        second_factors.remove_totp(self.session)
        return Response(status=204)


class ConfirmTotpView(AccountView):
    """The first code."""

    @extend_schema(request=TotpCodeSerializer, responses=RecoveryCodesSerializer)
    def post(self, request: Request) -> Response:
        """Switch the app on with a first code; the paper codes are shown once."""
        limit(request, Door.CODES, name=self.account.pk)
        code = read(TotpCodeSerializer, request)["code"]
        codes = second_factors.confirm_totp(self.session, code)
        return Response(RecoveryCodesSerializer({"recovery_codes": codes}).data)


class RecoveryCodesView(AccountView):
    """Paper codes."""

    @extend_schema(request=None, responses=RecoveryCodesSerializer)
    def post(self, request: Request) -> Response:
        """Ten new ones; the old ones stop working."""
        codes = second_factors.replace_recovery_codes(self.session)
        return Response(RecoveryCodesSerializer({"recovery_codes": codes}).data)


class PasskeysView(AccountView):
    """The passkeys of this account."""

    @extend_schema(operation_id="auth_passkeys_list", responses=PasskeySerializer(many=True))
    def get(self, request: Request) -> Response:
        """All of them, oldest first."""
        owned = Passkey.objects.owned_by(self.account.pk)
        return Response(PasskeySerializer([shown(passkey) for passkey in owned], many=True).data)

    @extend_schema(request=NewPasskeySerializer, responses={201: PasskeySerializer})
    def post(self, request: Request) -> Response:
        """Keep a new passkey."""
        body = read(NewPasskeySerializer, request)
        passkey = passkeys.add_passkey(
            self.session,
            body["challenge_id"],
            credential=credential_in(body),
            name=body["name"],
            wrapped_account_key=body["wrapped_account_key"],
        )
        return Response(PasskeySerializer(shown(passkey)).data, status=201)


class NewPasskeyOptionsView(AccountView):
    """The question for a new passkey."""

    @extend_schema(request=None, responses=NewPasskeyQuestionSerializer)
    def post(self, request: Request) -> Response:
        """Options, and the id that the wrap's context names."""
        question = passkeys.ask_new_passkey(self.session)
        return Response(NewPasskeyQuestionSerializer(question).data)


class UnlockOptionsView(AccountView):
    """The question for unlocking and stepping up."""

    without_password = frozenset({"GET", "HEAD"})

    @extend_schema(operation_id="auth_passkeys_unlock_options", responses=QuestionSerializer)
    def get(self, request: Request) -> Response:
        """Options for one of this account's passkeys."""
        limit(request, Door.PASSKEY, name=self.account.pk)
        return Response(QuestionSerializer(passkeys.ask_known_passkey(self.account)).data)


class PasskeyView(AccountView):
    """One passkey."""

    @extend_schema(request=PasskeyNameSerializer, responses=PasskeySerializer)
    def patch(self, request: Request, passkey_id: UUID) -> Response:
        """Give it another name."""
        name = read(PasskeyNameSerializer, request)["name"]
        passkey = passkeys.rename_passkey(passkey_id, name=name, actor=self.account)
        return Response(PasskeySerializer(shown(passkey)).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, passkey_id: UUID) -> Response:
        """Forget it."""
        passkeys.remove_passkey(self.session, passkey_id)
        return Response(status=204)


def shown(passkey: Passkey) -> dict[str, object]:
    """A passkey without what it wraps."""
    return {
        "id": passkey.pk,
        "name": passkey.name,
        "can_open_vault": passkey.wrapped_account_key() is not None,
        "created_at": passkey.created_at,
        "last_used_on": passkey.last_used_on,
    }
