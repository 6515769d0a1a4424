"""The key bundle of the account that asks."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import keys
from accounts.api.base import AccountView
from accounts.api.limits import Door, limit
from accounts.api.serializers.fields import kdf_in, read
from accounts.api.serializers.keys import (
    BundleSerializer,
    NextCheckSerializer,
    PasswordSerializer,
    RecoveryProofSerializer,
    RecoverySerializer,
)
from accounts.models import AccountSession, FormerPassword, KeyBundle, Passkey


class BundleView(AccountView):
    """Everything that opens the vault, wrapped."""

    without_password = frozenset({"GET", "HEAD"})

    @extend_schema(responses=BundleSerializer)
    def get(self, request: Request) -> Response:
        """The bundle."""
        return Response(BundleSerializer(shown(keys.bundle_of(self.account), self.session)).data)


class PasswordView(AccountView):
    """The password."""

    without_password = frozenset({"PUT"})

    @extend_schema(request=PasswordSerializer, responses=BundleSerializer)
    def put(self, request: Request) -> Response:
        """Replace it; every other session ends."""
        body = read(PasswordSerializer, request)
        bundle = keys.change_password(
            self.session,
            auth_key=body["auth_key"],
            kdf=kdf_in(body),
            wrapped_account_key=body["wrapped_account_key"],
            generation=body["generation"],
        )
        return Response(BundleSerializer(shown(bundle, self.session)).data)


class RecoveryView(AccountView):
    """The recovery phrase."""

    @extend_schema(request=RecoverySerializer, responses=BundleSerializer)
    def put(self, request: Request) -> Response:
        """Replace it."""
        bundle = keys.change_recovery(self.session, **read(RecoverySerializer, request))
        return Response(BundleSerializer(shown(bundle, self.session)).data)


class ConfirmRecoveryView(AccountView):
    """The recovery ceremony, and the drills after it."""

    @extend_schema(request=RecoveryProofSerializer, responses=NextCheckSerializer)
    def post(self, request: Request) -> Response:
        """Prove that the phrase is at hand."""
        limit(request, Door.CODES, name=self.account.pk)
        proof = read(RecoveryProofSerializer, request)["recovery_auth_key"]
        next_check_at = keys.confirm_recovery(self.account, proof)
        return Response(NextCheckSerializer({"next_check_at": next_check_at}).data)


def shown(bundle: KeyBundle, session: AccountSession) -> dict[str, object]:
    """A bundle as its owner's devices read it; the proofs stay here."""
    wraps = bundle.wraps()
    return {
        "kdf": bundle.kdf,
        "wrapped_account_key_password": wraps.password,
        "wrapped_account_key_recovery": wraps.recovery,
        "former_password": _former(wraps.former, session),
        "passkeys": [
            {"id": passkey.pk, "credential_id": passkey.credential_id, "wrapped_account_key": key}
            for passkey in Passkey.objects.owned_by(bundle.pk)
            if (key := passkey.wrapped_account_key()) is not None
        ],
        "wrapped_identity_seed": wraps.identity_seed,
        "wrapped_exchange_seed": wraps.exchange_seed,
        "identity_public_key": bundle.identity_public_key,
        "exchange_public_key": bundle.exchange_public_key,
        "generation": bundle.generation,
    }


def _former(former: FormerPassword | None, session: AccountSession) -> dict[str, object] | None:
    """How to stretch the former password; the wrap only for who has proved it, since a wrap
    lets its holder try passwords without asking us.
    """
    if former is None:
        return None
    wrapped = former.wrapped_account_key if session.is_vault_proven else None
    return {"kdf": former.kdf, "wrapped_account_key": wrapped}
