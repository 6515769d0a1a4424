"""What staff see of the machinery: work that is owed, and that epoch keys exist."""

from __future__ import annotations

from django.contrib import admin

from pocketvault.kernel.looking import LookOnly
from pocketvault.kernel.models import EpochKey, Job


@admin.register(Job)
class JobAdmin(LookOnly):
    """Owed work, without what it is about."""

    list_display = ("id", "task", "state", "available_at", "attempts", "last_error")
    list_filter = ("state",)


@admin.register(EpochKey)
class EpochKeyAdmin(LookOnly):
    """When each epoch key was made, retired and destroyed. The keys are elsewhere."""

    list_display = ("number", "made_at", "retired_at", "destroyed_at")
