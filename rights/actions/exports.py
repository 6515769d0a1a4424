"""Exports that a browser makes. Every byte is opened there: all that we see is that one began."""

from __future__ import annotations

from django.db import transaction

from accounts import audit
from accounts.actions.mailing import notify
from accounts.audit import AuditTag
from accounts.guards import require_open_vault, require_step_up
from accounts.models import AccountSession
from rights.models import RequestKind
from rights.requests.actions.opening import note_done_by_oneself


@transaction.atomic
def begin_export(session: AccountSession) -> None:
    """Note that the whole vault is about to be written in the open, and tell its owner.

    Raises `VaultShutError`, and `StepUpRequiredError` unless the person proved lately that it is
    them: whoever finds a vault open for a minute must not carry it away unnoticed.
    """
    require_open_vault(session)
    require_step_up(session)
    account = session.account
    audit.record(AuditTag.EXPORT_BEGUN, actor=account, subject_id=account.pk)
    note_done_by_oneself(RequestKind.ACCESS, account.pk)
    notify(
        account,
        subject="A copy of your vault is being made",
        happened="On one of your devices a copy of what is in your vault was begun.",
    )
