"""What staff see of what is shown to everyone: that it exists, how it stands, and that somebody
complained. Never whose address a reporter gave, and nothing can be changed.
"""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin import EmptyFieldListFilter

from pocketvault.kernel.looking import LookOnly
from sharing.models import Profile, Publication, PublicReport


@admin.register(Profile)
class ProfileAdmin(LookOnly):
    """Profiles by their names, which everyone knows."""

    list_display = fields = (
        "owner_id", "name", "is_open", "is_listed", "guarded_until", "made_at",
    )
    search_fields = ("=owner__id", "=name")
    search_help_text = "A whole id or name."


@admin.register(Publication)
class PublicationAdmin(LookOnly):
    """Publications by their dates."""

    list_display = fields = (
        "id", "public_id", "owner_id", "state", "refusal", "is_watermarked", "made_at",
        "published_at", "withheld_at",
    )
    list_filter = ("state",)
    search_fields = ("=id", "=public_id", "=owner__id")
    search_help_text = "A whole id."


@admin.register(PublicReport)
class PublicReportAdmin(LookOnly):
    """What strangers reported. What they wrote, and their addresses, are not in the list."""

    list_display = (
        "number", "state", "profile_id", "publication_id", "reason", "made_at", "settled_at",
    )
    fields = ("number", "profile_id", "publication_id", "reason", "made_at", "settled_at")
    list_filter = ("reason", ("settled_at", EmptyFieldListFilter))
    search_fields = ("=number",)
    search_help_text = "A whole number, such as K7QM-4XTR."
    ordering = ("-made_at",)
