"""What somebody agreed to in writing."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.repeats import once
from accounts.api.serializers.fields import read
from accounts.models import Account, KeyBundle
from images.api.base import VaultView
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.fields import to_base64url
from rights.actions.consents import give_consent, shown_text, withdraw_consent
from rights.api.serializers.consents import (
    ConsentReceiptSerializer,
    ConsentSerializer,
    ConsentsSerializer,
    GivenConsentSerializer,
)
from rights.consent_records import CURRENT_TEXT, TEXTS, text_digest
from rights.models import Consent

NOTHING = {204: OpenApiResponse(description="It has ended.")}


class ConsentsView(VaultView):
    """Every agreement of the account."""

    @extend_schema(operation_id="consents_list", responses=ConsentsSerializer)
    def get(self, request: Request) -> Response:
        """Newest first, with those that ended, and the text that is in force."""
        text = gettext(TEXTS[CURRENT_TEXT])
        shown = {
            "version": CURRENT_TEXT, "text": text, "sha256": to_base64url(text_digest(text)),
        }  # fmt: skip
        found = _counted(self.account).order_by("-given_at", "-pk")
        return Response({"text": shown, "items": [_document(each) for each in found]})


class ConsentView(VaultView):
    """One agreement."""

    @extend_schema(
        operation_id="consents_give",
        request=GivenConsentSerializer,
        responses={200: ConsentSerializer, 201: ConsentSerializer},
    )
    def put(self, request: Request, consent_id: UUID) -> Response:
        """Agree, by a record that the identity key signed. Repeating it answers 200."""
        given = read(GivenConsentSerializer, request)
        raw, signature = given["record"], given["signature"]
        is_new = give_consent(consent_id, raw, signature, actor=self.account)
        consent = _counted(self.account).get(pk=consent_id)
        return Response(_document(consent), status=201 if is_new else 200)


class WithdrawConsentView(VaultView):
    """The end of one. Ending is never refused."""

    while_shut = frozenset({"POST"})

    @extend_schema(operation_id="consents_withdraw", request=None, responses=NOTHING)
    @once
    def post(self, request: Request, consent_id: UUID) -> Response:
        """End it now, and with it everything that was made under it."""
        withdraw_consent(consent_id, actor=self.account)
        return Response(status=204)


class ConsentReceiptView(VaultView):
    """Proof of one, to keep."""

    @extend_schema(operation_id="consents_receipt", responses=ConsentReceiptSerializer)
    def get(self, request: Request, consent_id: UUID) -> Response:
        """The record, its signature, and what is needed to check them without us."""
        consent = Consent.objects.filter(account=self.account, pk=consent_id).first()
        if consent is None:
            raise NotFoundError
        name = f'attachment; filename="consent-{consent.pk}.json"'
        return Response(_receipt(consent), headers={"Content-Disposition": name})


def _counted(account: Account) -> QuerySet[Any]:
    return Consent.objects.filter(account=account).annotate(covered=Count("images"))


def _document(consent: Any) -> dict[str, object]:
    is_over = consent.withdrawn_at is not None or consent.expires_at <= timezone.now()
    return {
        "id": consent.pk,
        "text": shown_text(consent),
        "text_version": consent.text_version,
        "typed_name": consent.typed_name,
        "images": consent.covered,
        "given_at": consent.given_at,
        "expires_at": consent.expires_at,
        "withdrawn_at": consent.withdrawn_at,
        "is_live": not is_over,
    }


def _receipt(consent: Consent) -> dict[str, object]:
    raw = bytes(consent.record).decode()
    identity = KeyBundle.objects.values_list("identity_public_key", flat=True)
    return {
        "record": json.loads(raw),
        "record_text": raw,
        "signature": to_base64url(bytes(consent.signature)),
        "identity_key": to_base64url(bytes(identity.get(pk=consent.account_id))),
        "context": f"pv1|consent|{consent.account_id}|{consent.pk}|given|1",
        "text": shown_text(consent),
        "given_at": consent.given_at,
        "withdrawn_at": consent.withdrawn_at,
    }
