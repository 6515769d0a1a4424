"""Recovery contacts: setting up, holding a share, asking, and getting in."""

from __future__ import annotations

from typing import ClassVar, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.answers import answer_with_session
from accounts.api.base import OpenView
from accounts.api.limits import Door, limit
from accounts.api.serializers.fields import device_in, read
from accounts.api.serializers.sessions import SessionSerializer
from images.api.base import VaultView
from sharing.actions.recovery_answering import answer_request, sign_in_with_contacts
from sharing.actions.recovery_asking import RequestDraft, ask_contacts, confirm_request
from sharing.actions.recovery_ending import stop_by_mail, stop_own_request
from sharing.actions.recovery_setups import (
    accept_share,
    end_setup,
    hand_back_share,
    set_up_contacts,
)
from sharing.api.authentication import RecoveryAuthentication
from sharing.api.base import IsVisiting, limit_looks
from sharing.api.recovery_documents import request_document, setup_document, shares_document
from sharing.api.serializers.recovery import (
    AnswerShareSerializer,
    AskContactsSerializer,
    AskedContactsSerializer,
    ContactsSignInSerializer,
    HeldShareSerializer,
    RequestCodeSerializer,
    SetUpContactsSerializer,
    SetupNumberSerializer,
    SetupSerializer,
    StopCodeSerializer,
    WhichRequestSerializer,
    setup_in,
)
from sharing.models import RecoveryRequest

NOTHING = {204: OpenApiResponse(description="Done.")}


class RecoveryContactsView(VaultView):
    """Who can give this vault back."""

    @extend_schema(operation_id="recovery_contacts", responses=SetupSerializer)
    def get(self, request: Request) -> Response:
        """The contacts who have a share, and the request that stands."""
        return Response(SetupSerializer(setup_document(self.account)).data)

    @extend_schema(
        operation_id="recovery_contacts_set",
        request=SetUpContactsSerializer,
        responses=SetupSerializer,
    )
    def put(self, request: Request) -> Response:
        """Let three contacts give it back, in place of whoever could before."""
        set_up_contacts(setup_in(read(SetUpContactsSerializer, request)), session=self.session)
        return Response(SetupSerializer(setup_document(self.account)).data)


class EndRecoveryContactsView(VaultView):
    """The end of a set-up."""

    @extend_schema(
        operation_id="recovery_contacts_end", request=SetupNumberSerializer, responses=NOTHING
    )
    def post(self, request: Request) -> Response:
        """Let nobody give the vault back any more."""
        end_setup(read(SetupNumberSerializer, request)["number"], session=self.session)
        return Response(status=204)


class StopRecoveryView(VaultView):
    """The owner's no. Harmless while the vault is shut: whoever reads the mail can say it too."""

    while_shut: ClassVar[frozenset[str]] = frozenset({"POST"})

    @extend_schema(
        operation_id="recovery_contacts_stop", request=WhichRequestSerializer, responses=NOTHING
    )
    def post(self, request: Request) -> Response:
        """Stop a request, from any device that is signed in."""
        body = read(WhichRequestSerializer, request)
        stop_own_request(body["request_id"], actor=self.account)
        return Response(status=204)


class RecoverySharesView(VaultView):
    """What this account holds for others."""

    @extend_schema(operation_id="recovery_shares", responses=HeldShareSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Each share with its owner, and what is asked."""
        return Response(HeldShareSerializer(shares_document(self.account), many=True).data)


class HeldShareView(VaultView):
    """One share that this account holds."""

    @extend_schema(operation_id="recovery_shares_hand_back", responses=NOTHING)
    def delete(self, request: Request, share_id: UUID) -> Response:
        """Hand it back: this account cannot help any more. The two stay contacts."""
        hand_back_share(share_id, actor=self.account)
        return Response(status=204)


class AcceptShareView(VaultView):
    """A contact's yes."""

    @extend_schema(operation_id="recovery_shares_accept", request=None, responses=NOTHING)
    def post(self, request: Request, share_id: UUID) -> Response:
        """Tell its owner that this account will help."""
        accept_share(share_id, actor=self.account)
        return Response(status=204)


class AnswerShareView(VaultView):
    """A contact's answer."""

    @extend_schema(
        operation_id="recovery_shares_answer", request=AnswerShareSerializer, responses=NOTHING
    )
    def put(self, request: Request, share_id: UUID) -> Response:
        """Hand the share on, sealed to the device that asks, once the words were compared."""
        answer_request(share_id, **read(AnswerShareSerializer, request), actor=self.account)
        return Response(status=204)


class AskContactsView(OpenView):
    """Somebody who lost everything."""

    @extend_schema(
        operation_id="recovery_requests_ask", request=AskContactsSerializer, responses={202: None}
    )
    def put(self, request: Request, recovery_request_id: UUID) -> Response:
        """Ask. The answer is the same whether the address has an account or not."""
        body = read(AskContactsSerializer, request)
        limit(request, Door.RECOVERY_ASK, name=body["email"])
        ask_contacts(recovery_request_id, RequestDraft(**body))
        return Response(status=202)


class StopByMailView(OpenView):
    """The owner's no, without any device."""

    @extend_schema(
        operation_id="recovery_requests_stop", request=StopCodeSerializer, responses=NOTHING
    )
    def post(self, request: Request, recovery_request_id: UUID) -> Response:
        """Stop a request with the code from the mail."""
        limit_looks(request)
        stop_by_mail(recovery_request_id, read(StopCodeSerializer, request)["code"])
        return Response(status=204)


class AskingView(OpenView):
    """An endpoint for the device that asked."""

    authentication_classes = (RecoveryAuthentication,)  # type: ignore[assignment]
    permission_classes: ClassVar[list[type[BasePermission]]] = [IsVisiting]  # type: ignore[misc]

    @property
    def asked(self) -> RecoveryRequest:
        """What it asked."""
        return cast(RecoveryRequest, self.request.auth)


class RecoveryRequestView(AskingView):
    """How a request stands."""

    @extend_schema(operation_id="recovery_request", responses=AskedContactsSerializer)
    def get(self, request: Request) -> Response:
        """Its state; once it is open, what gives the vault back."""
        return Response(AskedContactsSerializer(request_document(self.asked)).data)


class ConfirmRequestView(AskingView):
    """The code from the mail."""

    @extend_schema(
        operation_id="recovery_request_confirm",
        request=RequestCodeSerializer,
        responses=AskedContactsSerializer,
    )
    def post(self, request: Request) -> Response:
        """Prove the mailbox. The notice period begins, and the owner is told."""
        limit(request, Door.RECOVERY_CONFIRM, name=self.asked.pk)
        confirm_request(self.asked, read(RequestCodeSerializer, request)["code"])
        self.asked.refresh_from_db()
        return Response(AskedContactsSerializer(request_document(self.asked)).data)


class ContactsSignInView(AskingView):
    """Getting in."""

    @extend_schema(
        operation_id="recovery_request_sign_in",
        request=ContactsSignInSerializer,
        responses=SessionSerializer,
    )
    def post(self, request: Request) -> Response:
        """Sign in with what two contacts gave back; a new password has to be set next."""
        limit(request, Door.RECOVERY, name=self.asked.pk)
        body = read(ContactsSignInSerializer, request)
        device, key = device_in(body), body["recovery_auth_key"]
        opened = sign_in_with_contacts(self.asked.pk, key, device=device)
        return answer_with_session(request, opened)
