"""What people are told about recovery contacts, by mail and in their feeds."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from accounts.actions.mailing import queue_mail
from accounts.models import Account
from images.actions.feed import News
from sharing.feed import SharedKind


def write_to(account: Account, kind: str, **context: str) -> None:
    """Owe a mail."""
    queue_mail(kind, email=account.email, **context)


def news_for(account_ids: Iterable[UUID]) -> list[News]:
    """That something about recovery changed for these accounts."""
    return [
        News(account_id=each, kind=SharedKind.RECOVERY, object_id=each)
        for each in sorted(set(account_ids))
    ]
