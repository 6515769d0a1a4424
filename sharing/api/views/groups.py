"""Groups, and who is in them."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.repeats import once
from accounts.api.serializers.fields import read
from images.api.base import VaultView
from sharing.actions.group_keys import rotate_group
from sharing.actions.group_members import leave_group, remove_member, set_member
from sharing.actions.groups import change_settings, create_group, delete_group, hand_over
from sharing.api.entries import EntriesSerializer, entry_in
from sharing.api.group_documents import group_document, group_documents, my_group
from sharing.api.group_drafts import group_in, member_in, rotation_in, settings_in
from sharing.api.history_pages import entries_page
from sharing.api.serializers.groups import (
    ChangeGroupSettingsSerializer,
    CreateGroupSerializer,
    GroupSerializer,
    GroupsSerializer,
    HandOverSerializer,
    LeaveGroupSerializer,
    RemoveMemberSerializer,
    RotateGroupSerializer,
    SetMemberSerializer,
)
from sharing.models import Group

NOTHING = {204: OpenApiResponse(description="Done.")}


class GroupsView(VaultView):
    """All groups that the account is in."""

    @extend_schema(operation_id="groups_list", responses=GroupsSerializer)
    def get(self, request: Request) -> Response:
        """All groups, oldest first, with members, their keys, and the account's deliveries."""
        ids = list(Group.objects.of(self.account).values_list("pk", flat=True))
        return Response({"items": group_documents(self.account, ids)})


class GroupView(VaultView):
    """One group."""

    @extend_schema(responses=GroupSerializer)
    def get(self, request: Request, group_id: UUID) -> Response:
        """The group, with members, their keys, and the account's deliveries."""
        return Response(group_document(self.account, group_id))

    @extend_schema(
        request=CreateGroupSerializer, responses={200: GroupSerializer, 201: GroupSerializer}
    )
    def put(self, request: Request, group_id: UUID) -> Response:
        """Make a group. Repeating the same request answers 200."""
        draft = group_in(read(CreateGroupSerializer, request))
        is_new = create_group(group_id, draft, actor=self.account)
        group = group_document(self.account, group_id)
        return Response(group, status=201 if is_new else 200)

    @extend_schema(responses=NOTHING)
    def delete(self, request: Request, group_id: UUID) -> Response:
        """End the group, and every grant to it."""
        delete_group(my_group(self.account, group_id).pk, actor=self.account)
        return Response(status=204)


class GroupSettingsView(VaultView):
    """What a group says of itself."""

    @extend_schema(request=ChangeGroupSettingsSerializer, responses=GroupSerializer)
    def put(self, request: Request, group_id: UUID) -> Response:
        """Replace the settings; ``number`` is one more than the last."""
        my_group(self.account, group_id)
        body = read(ChangeGroupSettingsSerializer, request)
        change_settings(group_id, settings_in(body), entry_in(body["entry"]), actor=self.account)
        return Response(group_document(self.account, group_id))


class MemberView(VaultView):
    """One member of a group."""

    @extend_schema(
        request=SetMemberSerializer, responses={200: GroupSerializer, 201: GroupSerializer}
    )
    def put(self, request: Request, group_id: UUID, account_id: UUID) -> Response:
        """Add a contact, or give a member another role. Repeating is harmless."""
        my_group(self.account, group_id)
        draft = member_in(account_id, read(SetMemberSerializer, request))
        is_new = set_member(group_id, draft, actor=self.account)
        group = group_document(self.account, group_id)
        return Response(group, status=201 if is_new else 200)


class RemoveMemberView(VaultView):
    """The way out for somebody else."""

    @extend_schema(request=RemoveMemberSerializer, responses=GroupSerializer)
    @once
    def post(self, request: Request, group_id: UUID, account_id: UUID) -> Response:
        """Remove a member and replace the key they know."""
        my_group(self.account, group_id)
        body = read(RemoveMemberSerializer, request)
        entry, rotation = entry_in(body["entry"]), rotation_in(body["rotation"])
        remove_member(group_id, account_id, entry, rotation, actor=self.account)
        return Response(group_document(self.account, group_id))


class LeaveGroupView(VaultView):
    """One's own way out."""

    @extend_schema(request=LeaveGroupSerializer, responses=NOTHING)
    @once
    def post(self, request: Request, group_id: UUID) -> Response:
        """Leave. The owner hands over first."""
        my_group(self.account, group_id)
        entry = entry_in(read(LeaveGroupSerializer, request)["entry"])
        leave_group(group_id, entry, actor=self.account)
        return Response(status=204)


class RotateGroupView(VaultView):
    """A new key for a group."""

    @extend_schema(request=RotateGroupSerializer, responses=GroupSerializer)
    @once
    def post(self, request: Request, group_id: UUID) -> Response:
        """Replace the key, as is due after somebody left."""
        my_group(self.account, group_id)
        rotation = rotation_in(read(RotateGroupSerializer, request)["rotation"])
        rotate_group(group_id, rotation, actor=self.account)
        return Response(group_document(self.account, group_id))


class HandOverView(VaultView):
    """From one owner to the next."""

    @extend_schema(request=HandOverSerializer, responses=GroupSerializer)
    @once
    def post(self, request: Request, group_id: UUID) -> Response:
        """Make another member the owner; who was it becomes a manager."""
        my_group(self.account, group_id)
        body = read(HandOverSerializer, request)
        hand_over(group_id, body["account_id"], entry_in(body["entry"]), actor=self.account)
        return Response(group_document(self.account, group_id))


class GroupHistoryView(VaultView):
    """What happened to a group."""

    @extend_schema(
        parameters=[OpenApiParameter("after", int), OpenApiParameter("limit", int)],
        responses=EntriesSerializer,
    )
    def get(self, request: Request, group_id: UUID) -> Response:
        """The signed entries after a number, oldest first."""
        return Response(entries_page(my_group(self.account, group_id).pk, request))
