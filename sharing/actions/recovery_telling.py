"""What people are told about recovery contacts, by mail and in their feeds."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import override

from accounts.actions.mailing import queue_mail
from accounts.models import Account, Preferences
from images.actions.feed import News
from sharing.feed import SharedKind


def write_to(account: Account, kind: str, **context: str) -> None:
    """Owe a mail in the language of whoever gets it: what is spoken now may be a stranger's."""
    chosen = Preferences.objects.filter(account_id=account.pk)
    with override(chosen.values_list("language", flat=True).first()):
        queue_mail(kind, email=account.email, **context)


def news_for(account_ids: Iterable[UUID]) -> list[News]:
    """That something about recovery changed for these accounts."""
    return [
        News(account_id=each, kind=SharedKind.RECOVERY, object_id=each)
        for each in sorted(set(account_ids))
    ]
