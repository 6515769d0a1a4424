"""Objecting to what is not essential, by hand or by a browser's signal."""

from __future__ import annotations

import logging

from django.db import OperationalError, transaction
from django.utils import timezone

from accounts import audit
from accounts.actions.preferences import change_preferences
from accounts.audit import AuditTag
from accounts.choices import CHOICES, choice_about
from accounts.errors import EssentialPurposeError
from accounts.models import Account, Preferences
from accounts.signals import purpose_turned_off
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.purposes import purpose_named

logger = logging.getLogger(__name__)


@transaction.atomic
def choose(account: Account, purpose_name: str, *, is_on: bool) -> None:
    """Turn a purpose on or off. Raises `NotFoundError` for one that is not declared, and
    `EssentialPurposeError`.
    """
    choice = choice_about(purpose_name)
    if choice is None:
        raise NotFoundError if purpose_named(purpose_name) is None else EssentialPurposeError
    now = Preferences.objects.select_for_update().filter(pk=account.pk).first() or Preferences()
    if choice.is_on(now) == is_on:
        return
    change_preferences(account, {choice.column: choice.on if is_on else choice.off})
    if not is_on:
        purpose_turned_off.send(sender=Account, account=account, purpose_name=purpose_name)


@transaction.atomic
def object_to_all(account: Account) -> None:
    """Turn everything off that is not essential. Safe to repeat."""
    for choice in CHOICES:
        choose(account, choice.purpose.name, is_on=False)


def honour_opt_out(account: Account) -> None:
    """Take a browser's signal for an objection to all that is not essential, once.

    Whoever turns something on afterwards has said so themselves, and is heard as well. A
    database without room can still be read, so a later request does it then.
    """
    if account.opt_out_signal_at is not None:
        return
    try:
        _honour(account)
    except OperationalError as error:
        logger.warning("opt-out not noted", extra={"error": type(error).__name__})


@transaction.atomic
def _honour(account: Account) -> None:
    now = timezone.now()
    new = Account.objects.filter(pk=account.pk, opt_out_signal_at=None)
    if new.update(opt_out_signal_at=now):
        object_to_all(account)
        audit.record(AuditTag.OPT_OUT_HONOURED, actor=account, subject_id=account.pk)
    account.opt_out_signal_at = now
