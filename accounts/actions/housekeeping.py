"""Dropping what has run out."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.actions.mailing import LETTER
from accounts.models import (
    AccountSession,
    AuditEvent,
    EmailToken,
    KeptAnswer,
    KnownDevice,
    OutgoingMail,
    ResumeKey,
    SecondFactorChallenge,
    SignUp,
)
from accounts.models.audit_event import RETENTION
from accounts.models.kept_answer import LIFETIME
from pocketvault.kernel import clock

# A mail that could not be sent for so long says nothing any more that is still true.
MAIL_LIFETIME = timedelta(days=3)
# A letter has a date of its own, and somebody waits for it by law.
LETTER_LIFETIME = timedelta(days=30)


def purge_expired() -> None:
    """Drop sign-ups, links, questions, answers, sessions, halves of keys and mails past their
    time.
    """
    now = timezone.now()
    SignUp.objects.filter(expires_at__lte=now).delete()
    EmailToken.objects.filter(expires_at__lte=now).delete()
    SecondFactorChallenge.objects.filter(expires_at__lte=now).delete()
    mails = OutgoingMail.objects.filter(created_at__lte=now - MAIL_LIFETIME)
    mails.exclude(kind=LETTER, created_at__gt=now - LETTER_LIFETIME).delete()
    KnownDevice.objects.exclude(pk__in=KnownDevice.objects.living().values("pk")).delete()
    ResumeKey.objects.locked().delete()
    KeptAnswer.objects.filter(made_at__lte=now - LIFETIME).delete()
    AccountSession.objects.over().delete()
    Session.objects.filter(expire_date__lte=now).delete()


def purge_old_events() -> None:
    """Drop security events that are older than twelve months, by a clock that is believed."""
    if not clock.is_believable():
        return
    AuditEvent.objects.filter(at__lte=timezone.now() - RETENTION).delete()
