"""The session that asks, and the others of the same account."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import push_subscriptions, resume_keys, sessions, stepping_up
from accounts.api.answers import forget_browser, session_facts
from accounts.api.base import AccountView
from accounts.api.limits import Door, limit
from accounts.api.serializers.fields import read
from accounts.api.serializers.sessions import (
    DeviceSessionSerializer,
    PushAddressSerializer,
    PushSerializer,
    ResumeKeySerializer,
    SessionSerializer,
    StepUpSerializer,
    StepUpUntilSerializer,
    credential_in,
)
from accounts.models import AccountSession, PushSubscription
from pocketvault.kernel import egress, vapid
from pocketvault.kernel.purposes import WAKE_DEVICES


class SessionView(AccountView):
    """The session of the device that asks."""

    without_password = frozenset({"GET", "HEAD", "DELETE"})

    @extend_schema(responses=SessionSerializer)
    def get(self, request: Request) -> Response:
        """Who is signed in here, and what the session may do."""
        return Response(SessionSerializer(session_facts(self.session)).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out."""
        sessions.sign_out(self.session, actor=self.account)
        return forget_browser(request, Response(status=204), is_known=True)


class ResumeKeyView(AccountView):
    """The server's half of this device's unlocked vault."""

    without_password = frozenset({"DELETE"})

    @extend_schema(responses=ResumeKeySerializer)
    def get(self, request: Request) -> Response:
        """The key, unless this device is locked."""
        key = resume_keys.hand_resume_key(self.session)
        return Response(ResumeKeySerializer({"key": key}).data)

    @extend_schema(request=ResumeKeySerializer, responses={204: None})
    def put(self, request: Request) -> Response:
        """Keep the key while this device is unlocked."""
        resume_keys.keep_resume_key(self.session, read(ResumeKeySerializer, request)["key"])
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    def patch(self, request: Request) -> Response:
        """Say that this device is in use: the time to its lock begins anew, if it runs yet."""
        resume_keys.note_use(self.session)
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Lock."""
        resume_keys.drop_resume_key(self.session)
        return Response(status=204)


class PushView(AccountView):
    """How this device is woken when something changed."""

    @extend_schema(responses=PushSerializer)
    def get(self, request: Request) -> Response:
        """The key to register with, the push services that are asked, and the device's own."""
        answer = {
            "public_key": vapid.public_key(),
            "services": egress.hosts_for(WAKE_DEVICES),
            "subscription": PushSubscription.objects.filter(session=self.session).first(),
        }
        return Response(PushSerializer(answer).data)

    @extend_schema(request=PushAddressSerializer, responses={204: None})
    def put(self, request: Request) -> Response:
        """Be woken through this address, in place of an older one. It ends with the session."""
        push_subscriptions.subscribe(self.session, **read(PushAddressSerializer, request))
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Be woken no more."""
        push_subscriptions.unsubscribe(self.session)
        return Response(status=204)


class StepUpView(AccountView):
    """A fresh proof."""

    without_password = frozenset({"POST"})

    @extend_schema(request=StepUpSerializer, responses=StepUpUntilSerializer)
    def post(self, request: Request) -> Response:
        """Prove again that it is you; dangerous acts are then allowed for ten minutes."""
        limit(request, Door.STEP_UP, name=self.account.pk)
        body = read(StepUpSerializer, request)
        if "auth_key" in body:
            until = stepping_up.step_up_with_password(self.session, body["auth_key"])
        elif "totp" in body:
            until = stepping_up.step_up_with_totp(self.session, body["totp"])
        elif "recovery_auth_key" in body:
            until = stepping_up.step_up_with_recovery(self.session, body["recovery_auth_key"])
        elif "former_auth_key" in body:
            until = stepping_up.step_up_with_former_password(self.session, body["former_auth_key"])
        else:
            until = stepping_up.step_up_with_passkey(
                self.session, body["challenge_id"], credential_in(body)
            )
        return Response(StepUpUntilSerializer({"until": until}).data)


class SessionsView(AccountView):
    """Every device that is signed in."""

    @extend_schema(operation_id="auth_sessions_list", responses=DeviceSessionSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Devices, newest first."""
        devices = list(
            AccountSession.objects.live().owned_by(self.account.pk).select_related("push")
        )
        for device in devices:
            device.is_current = device.pk == self.session.pk  # type: ignore[attr-defined]
        return Response(DeviceSessionSerializer(devices, many=True).data)


class OneSessionView(AccountView):
    """One device."""

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, session_id: UUID) -> Response:
        """Sign a device out; it fails at its next request."""
        sessions.end_session(session_id, actor=self.account)
        return Response(status=204)


class OnePushView(AccountView):
    """How one device is woken."""

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, session_id: UUID) -> Response:
        """Wake a device no more; it stays signed in."""
        push_subscriptions.unsubscribe_other(session_id, account_id=self.account.pk)
        return Response(status=204)


class EndOtherSessionsView(AccountView):
    """Every device but this one."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Sign every other device out."""
        sessions.end_other_sessions(self.session, actor=self.account)
        return Response(status=204)


class EndAllSessionsView(AccountView):
    """Every device."""

    without_password = frozenset({"POST"})

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Sign every device out, this one too."""
        sessions.end_all_sessions(self.account, actor=self.account)
        return forget_browser(request, Response(status=204))
