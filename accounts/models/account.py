"""Who signs in."""

from __future__ import annotations

import unicodedata
from typing import ClassVar
from uuid import UUID

import idna
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from pocketvault.kernel.ids import uuid7


def normalise_email(email: str) -> str:
    """One spelling per address; raises `UnusableAddressError` when its domain is none, or for a
    name in quotes, which would be a second spelling of the same mailbox.

    ASCII case is folded throughout: no provider of note tells ``Anna@`` from ``anna@``, and
    two accounts for one mailbox would be a trap. The domain becomes what mail is sent to
    (IDNA 2008 after UTS 46), so that letters nobody sees or that only look different make no
    second account, and ``straße.de`` stays what it is and does not become ``strasse.de``.
    """
    local, at, domain = unicodedata.normalize("NFC", email.strip()).rpartition("@")
    if '"' in local:
        raise UnusableAddressError("a name in quotes")
    return f"{_fold_ascii(local)}{at}{_mailed_domain(domain)}"


class UnusableAddressError(ValueError):
    """Nobody gets mail at such an address, or everybody writes it another way."""


def _fold_ascii(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _mailed_domain(domain: str) -> str:
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise UnusableAddressError("no such domain") from error


class AccountManager(BaseUserManager["Account"]):
    """Makes and finds accounts by address."""

    def create_user(
        self, email: str, auth_key: str | None = None, *, account_id: UUID | None = None
    ) -> Account:
        """A new account. ``auth_key`` is what Django calls the password.

        Inserts or fails: ids come from clients, and an id that exists must never turn
        into an update of somebody else's row.
        """
        account = self.model(id=account_id or uuid7(), email=normalise_email(email))
        account.set_password(auth_key)
        account.save(using=self._db, force_insert=True)
        return account

    def get_by_natural_key(self, username: str | None) -> Account:
        try:
            email = normalise_email(username or "")
        except UnusableAddressError as error:
            raise Account.DoesNotExist from error
        return self.get(email=email)


class Account(AbstractBaseUser, PermissionsMixin):
    """A person who keeps photos here.

    ``password`` holds the hash of the auth key: the password itself never reaches us.
    ``vault_shut_at`` is set by an e-mail reset and cleared when the recovery phrase, a passkey
    or the password from before has opened the vault; until then nothing irreversible is
    allowed.
    ``resets_void_before`` is the last moment at which the owner showed that they need no
    reset: what was asked for before it sends no mail and no link any more.
    ``opt_out_signal_at`` is when a browser of theirs first said that they object (Global Privacy
    Control): from then on everything that is not essential is off until they turn it on.
    ``used_bytes`` and ``image_count`` are facts that ``images`` writes down here, in one
    statement with their limit, so that two uploads cannot both take the last free byte.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    vault_shut_at = models.DateTimeField(null=True, blank=True)
    resets_void_before = models.DateTimeField(null=True, blank=True, editable=False)
    opt_out_signal_at = models.DateTimeField(null=True, blank=True, editable=False)
    used_bytes = models.PositiveBigIntegerField(default=0, editable=False)
    image_count = models.PositiveIntegerField(default=0, editable=False)
    # Null: the limit that holds for everybody (QUOTA_GB).
    own_limit_bytes = models.PositiveBigIntegerField(null=True, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = AccountManager()

    def __str__(self) -> str:
        return str(self.pk)  # never the address: this text reaches logs

    @property
    def limit_bytes(self) -> int:
        """How many bytes of ciphertext this account may keep."""
        if self.own_limit_bytes is not None:
            return self.own_limit_bytes
        limit: int = settings.QUOTA_BYTES
        return limit
