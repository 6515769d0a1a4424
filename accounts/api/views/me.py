"""The account that asks."""

from __future__ import annotations

from django.db.models import F
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions.preferences import change_preferences
from accounts.api.answers import speak
from accounts.api.base import AccountView
from accounts.api.serializers.fields import read
from accounts.api.serializers.keys import EventsSerializer, MeSerializer, PreferencesSerializer
from accounts.audit import SECURITY_TAGS
from accounts.models import Account, AuditEvent, KeyBundle, Preferences, SessionKind

PAGE = 50


class MeView(AccountView):
    """The account."""

    without_password = frozenset({"GET", "HEAD"})

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Address, storage, preferences, and how the recovery phrase stands."""
        return Response(MeSerializer(shown(self.account)).data)


class PreferencesView(AccountView):
    """Preferences."""

    @extend_schema(request=PreferencesSerializer, responses=PreferencesSerializer)
    def patch(self, request: Request) -> Response:
        """Change some of them."""
        changed = change_preferences(self.account, read(PreferencesSerializer, request))
        response = Response(PreferencesSerializer(changed).data)
        is_browser = self.session.kind == SessionKind.COOKIE
        return speak(response, changed.language) if is_browser else response


class EventsView(AccountView):
    """What happened to the account."""

    @extend_schema(
        parameters=[OpenApiParameter("cursor", str, required=False)], responses=EventsSerializer
    )
    def get(self, request: Request) -> Response:
        """Security events of the last twelve months, newest first."""
        events = AuditEvent.objects.filter(tag__in=SECURITY_TAGS)
        if cursor := request.query_params.get("cursor"):
            events = events.filter(pk__lt=_position(cursor))
        page = events.newest_of(self.account.pk, PAGE + 1)
        following = str(page[PAGE - 1].pk) if len(page) > PAGE else None
        return Response(EventsSerializer({"items": page[:PAGE], "cursor": following}).data)


def shown(account: Account) -> dict[str, object]:
    """The account as its owner sees it."""
    recovery = (
        KeyBundle.objects.filter(pk=account.pk)
        .values(confirmed_at=F("recovery_confirmed_at"), next_check_at=F("next_recovery_check_at"))
        .first()
    )
    return {
        "account_id": account.pk,
        "email": account.email,
        "created_at": account.created_at,
        "quota": {
            "used_bytes": account.used_bytes,
            "limit_bytes": account.limit_bytes,
            "images": account.image_count,
        },
        "preferences": Preferences.objects.filter(pk=account.pk).first() or Preferences(),
        "recovery": recovery or {"confirmed_at": None, "next_check_at": None},
    }


def _position(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= 18):
        raise serializers.ValidationError({"cursor": "Use the cursor of an earlier answer."})
    return int(cursor)
