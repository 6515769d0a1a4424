"""What staff may see: that accounts exist and how they stand, never what is in them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from accounts.actions.staffing import note_account_viewed
from accounts.models import Account, AuditEvent, Role
from pocketvault.kernel.looking import LookOnly


@admin.register(Account)
class AccountAdmin(LookOnly):
    """Found by id or whole address, because that is what people write to us from.

    Opening an account's page is written into its trail, where its owner reads it.
    """

    has_page = True
    looks = frozenset({Role.DPO, Role.COUNSEL, Role.SUPPORT})
    list_display = ("id", "created_at", "is_active", "is_staff", "vault_shut_at")
    list_display_links = ("id",)  # type: ignore[assignment, misc]
    list_filter = ("is_staff", "is_active")
    search_fields = ("=id", "=email")
    search_help_text = "A whole e-mail address or id."
    fields = (
        "id",
        "email",
        "created_at",
        "is_active",
        "is_staff",
        "vault_shut_at",
        "used_bytes",
        "image_count",
        "own_limit_bytes",
    )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str | UUID,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        """The account's page. Raises ``Http404`` for one that is not there."""
        page = super().change_view(request, str(object_id), form_url, extra_context)
        note_account_viewed(UUID(str(object_id)), actor=request.user)  # type: ignore[arg-type]
        return page


@admin.register(AuditEvent)
class AuditEventAdmin(LookOnly):
    """The trail."""

    looks = frozenset({Role.DPO, Role.AUDITOR})
    list_display = ("at", "tag", "actor_id", "subject_id")
    search_fields = ("=actor_id", "=subject_id", "=tag")
    search_help_text = "A whole id or tag."
    ordering = ("-id",)
