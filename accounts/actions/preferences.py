"""Changing how somebody likes it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from accounts import audit
from accounts.actions.resume_keys import shorten_locks
from accounts.audit import AuditTag
from accounts.choices import CHOICES
from accounts.models import Account, Preferences
from accounts.signals import preferences_changed


@transaction.atomic
def change_preferences(account: Account, changes: Mapping[str, object]) -> Preferences:
    """Keep the given values; the others stay. What turns a purpose on or off is recorded."""
    known = Preferences.objects.select_for_update().filter(account=account)
    asked = [choice for choice in CHOICES if choice.column in changes]
    before = known.first() if asked else None
    preferences, _ = Preferences.objects.update_or_create(account=account, defaults=dict(changes))
    if "auto_lock_minutes" in changes:
        shorten_locks(preferences)
    for choice in asked:
        is_on = choice.is_on(preferences)
        if is_on != choice.is_on(before or Preferences()):
            tag = AuditTag.OBJECTION_ENDED if is_on else AuditTag.OBJECTION_MADE
            audit.record(tag, actor=account, subject_id=choice.purpose.id)
    preferences_changed.send(sender=Preferences, preferences=preferences, changes=changes)
    return preferences
