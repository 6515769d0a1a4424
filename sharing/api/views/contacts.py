"""Contacts, invitations, and the keys that are pinned."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import plain_request
from accounts.api.repeats import once
from accounts.api.serializers.fields import read
from images.api.base import VaultView
from pocketvault.kernel.ratelimit import limit_by_name
from sharing.actions.contacts import (
    InvitationDraft,
    accept_invitation,
    decline_invitation,
    end_contact,
    invite,
    withdraw_invitation,
)
from sharing.actions.known_keys import set_known_keys
from sharing.api.contact_documents import contacts_document, known_keys_document
from sharing.api.serializers.contacts import (
    ContactsSerializer,
    InviteSerializer,
    KnownKeysSerializer,
    StoredKnownKeysSerializer,
)
from sharing.models import ContactInvitation

NOTHING = {204: OpenApiResponse(description="Done.")}
# Each is a mail to somebody who may not have asked for it.
INVITATIONS = "20/d"


class ContactsView(VaultView):
    """Everybody the account knows."""

    @extend_schema(operation_id="contacts_list", responses=ContactsSerializer)
    def get(self, request: Request) -> Response:
        """Contacts with their keys, and invitations sent and received."""
        return Response(contacts_document(self.account))


class ContactView(VaultView):
    """One contact."""

    @extend_schema(responses=NOTHING)
    def delete(self, request: Request, account_id: UUID) -> Response:
        """End it, and every direct grant between the two."""
        end_contact(account_id, actor=self.account)
        return Response(status=204)


class InvitationView(VaultView):
    """An invitation that the account sends."""

    @extend_schema(request=InviteSerializer, responses={200: None, 201: None})
    def put(self, request: Request, invitation_id: UUID) -> Response:
        """Invite an address. The answer is the same whether an account has it or not."""
        body = read(InviteSerializer, request)
        sent = ContactInvitation.objects.sent_by(self.account)
        if not sent.filter(pk=invitation_id).exists():
            self._count(request)
        is_new = invite(invitation_id, InvitationDraft(**body), actor=self.account)
        return Response(status=201 if is_new else 200)

    @extend_schema(responses=NOTHING)
    def delete(self, request: Request, invitation_id: UUID) -> Response:
        """Withdraw it; of an accepted one, say that its intent was done."""
        withdraw_invitation(invitation_id, actor=self.account)
        return Response(status=204)

    def _count(self, request: Request) -> None:
        plain = plain_request(request)
        limit_by_name(plain, door="invite", name=str(self.account.pk), rate=INVITATIONS)


class AcceptView(VaultView):
    """Yes to an invitation that the account received."""

    @extend_schema(request=None, responses=NOTHING)
    @once
    def post(self, request: Request, received_id: UUID) -> Response:
        """Become contacts."""
        accept_invitation(received_id, actor=self.account)
        return Response(status=204)


class DeclineView(VaultView):
    """No to an invitation that the account received."""

    @extend_schema(request=None, responses=NOTHING)
    @once
    def post(self, request: Request, received_id: UUID) -> Response:
        """Decline it. Its inviter sees no difference."""
        decline_invitation(received_id, actor=self.account)
        return Response(status=204)


class KnownKeysView(VaultView):
    """The document of pinned keys."""

    @extend_schema(operation_id="known_keys", responses=StoredKnownKeysSerializer)
    def get(self, request: Request) -> Response:
        """The document; number 0 and nothing before the first."""
        return Response(known_keys_document(self.account))

    @extend_schema(request=KnownKeysSerializer, responses=StoredKnownKeysSerializer)
    def put(self, request: Request) -> Response:
        """Replace it; ``number`` is one more than the last."""
        body = read(KnownKeysSerializer, request)
        set_known_keys(body["number"], body["sealed"], actor=self.account)
        return Response(known_keys_document(self.account))
