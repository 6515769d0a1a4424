"""Addresses of contacts and groups, under ``/api/v1/``."""

from __future__ import annotations

from django.urls import path

from sharing.api.views import contacts, groups

urlpatterns = [
    path("contacts", contacts.ContactsView.as_view()),
    path("contacts/known-keys", contacts.KnownKeysView.as_view()),
    path("contacts/<uuid:account_id>", contacts.ContactView.as_view()),
    path("contacts/invitations/<uuid:invitation_id>", contacts.InvitationView.as_view()),
    path("contacts/invitations/<uuid:received_id>/accept", contacts.AcceptView.as_view()),
    path("contacts/invitations/<uuid:received_id>/decline", contacts.DeclineView.as_view()),
    path("groups", groups.GroupsView.as_view()),
    path("groups/<uuid:group_id>", groups.GroupView.as_view()),
    path("groups/<uuid:group_id>/settings", groups.GroupSettingsView.as_view()),
    path("groups/<uuid:group_id>/members/<uuid:account_id>", groups.MemberView.as_view()),
    path(
        "groups/<uuid:group_id>/members/<uuid:account_id>/remove",
        groups.RemoveMemberView.as_view(),
    ),
    path("groups/<uuid:group_id>/leave", groups.LeaveGroupView.as_view()),
    path("groups/<uuid:group_id>/rotate", groups.RotateGroupView.as_view()),
    path("groups/<uuid:group_id>/hand-over", groups.HandOverView.as_view()),
    path("groups/<uuid:group_id>/history", groups.GroupHistoryView.as_view()),
]
