"""Getting the account back by mail. The account, not the vault."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.actions.mailing import notify, queue_mail
from accounts.actions.reset_links import void_resets
from accounts.actions.sessions import Device
from accounts.actions.signing_in import SignInResult, admit
from accounts.audit import AuditTag
from accounts.digests import digest_of
from accounts.errors import TokenExpiredError
from accounts.kdf import Kdf, refuse_foreign
from accounts.models import (
    Account,
    AccountSession,
    EmailToken,
    FormerPassword,
    KeyBundle,
    MailKind,
    SecondFactorChallenge,
)
from accounts.parameters import parameters_for
from pocketvault.kernel.fields import to_base64url


@transaction.atomic
def request_reset(email: str) -> None:
    """Owe a mail with a link. Whether the address has an account is looked up by the task."""
    queue_mail(MailKind.RESET, email=email)


def confirm_reset(token: str, *, auth_key: bytes, kdf: Kdf, device: Device) -> SignInResult:
    """Let a new password in, and shut the vault until somebody proves that it is theirs.

    A mailbox is not proof enough to open photos, export, share, or change keys. Every
    session ends; an authenticator app is still asked for.
    """
    found = EmailToken.objects.select_related("account").filter(
        token_digest=digest_of(token),
        expires_at__gt=timezone.now(),
        account__is_active=True,
        account__key_bundle__isnull=False,
    )
    link = found.first()
    if link is None:
        raise TokenExpiredError
    refuse_foreign(kdf, salt=parameters_for(link.account.email).salt)
    auth_key_hash = make_password(to_base64url(auth_key))
    with transaction.atomic():
        # Bundle, account, link: in the order in which a change of password takes them.
        bundle = KeyBundle.objects.select_for_update().get(pk=link.account_id)
        account = Account.objects.select_for_update().get(pk=link.account_id)
        used, _ = EmailToken.objects.filter(pk=link.pk).delete()
        if not used:
            raise TokenExpiredError
        _put_password_aside(bundle, account, kdf)
        _shut(account, auth_key_hash)
        return admit(account, device=device, is_reset=True)


def _put_password_aside(bundle: KeyBundle, account: Account, kdf: Kdf) -> None:
    """Keep what the password opened, sealed, until the vault is opened. A second reset finds
    no such password, and keeps the one that the first put aside.
    """
    wraps = bundle.wraps()
    former = wraps.former
    if wraps.password is not None:
        former = FormerPassword(
            kdf=bundle.kdf,
            wrapped_account_key=wraps.password,
            auth_key_hash=account.password,
        )
    bundle.kdf = kdf
    bundle.generation += 1
    bundle.seal(replace(wraps, password=None, former=former).to_json()).save()


def _shut(account: Account, auth_key_hash: str) -> None:
    account.password = auth_key_hash
    account.vault_shut_at = account.vault_shut_at or timezone.now()
    account.save(update_fields=["password", "vault_shut_at"])
    AccountSession.objects.owned_by(account.pk).delete()
    SecondFactorChallenge.objects.filter(account=account).delete()
    void_resets(account)
    audit.record(AuditTag.PASSWORD_RESET, actor=account, subject_id=account.pk)
    audit.record(AuditTag.VAULT_SHUT, actor=account, subject_id=account.pk)
    notify(
        account,
        subject="Your account was reset",
        happened=(
            "Your account was reset by e-mail. Your vault is shut until it is opened with "
            "your recovery key, a passkey, or the password you had before."
        ),
    )
