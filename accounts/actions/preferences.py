"""Changing how somebody likes it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from accounts.actions.resume_keys import shorten_locks
from accounts.models import Account, Preferences
from accounts.signals import preferences_changed


@transaction.atomic
def change_preferences(account: Account, changes: Mapping[str, object]) -> Preferences:
    """Keep the given values; the others stay."""
    preferences, _ = Preferences.objects.update_or_create(account=account, defaults=dict(changes))
    if "auto_lock_minutes" in changes:
        shorten_locks(preferences)
    preferences_changed.send(sender=Preferences, preferences=preferences, changes=changes)
    return preferences
