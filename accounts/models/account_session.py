"""One signed-in browser or app."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.account import Account
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel

BROWSER_IDLE = timedelta(days=30)
APP_IDLE = timedelta(days=180)


class SessionKind(models.TextChoices):
    """How the session proves itself."""

    COOKIE = "cookie"
    TOKEN = "token"  # noqa: S105 - a kind, not a secret


IDLE: dict[str, timedelta] = {SessionKind.COOKIE: BROWSER_IDLE, SessionKind.TOKEN: APP_IDLE}


def oldest_start(kind: str) -> datetime:
    """When the oldest session of a kind began that may still live, however much it is used."""
    is_app = kind == SessionKind.TOKEN
    days = settings.APP_SESSION_DAYS if is_app else settings.BROWSER_SESSION_DAYS
    return timezone.now() - timedelta(days=days)


class AccountSessionQuerySet(models.QuerySet["AccountSession"]):
    """Reads of sessions."""

    def live(self) -> AccountSessionQuerySet:
        """Those of active accounts that were used recently enough, and began late enough."""
        today = timezone.now().date()
        lives = Q()
        for kind, idle in IDLE.items():
            lives |= Q(
                kind=kind, last_seen_on__gte=today - idle, created_at__gt=oldest_start(kind)
            )
        return self.filter(lives, account__is_active=True)

    def over(self) -> AccountSessionQuerySet:
        """Those that are not."""
        return self.exclude(pk__in=self.live().values("pk"))

    def owned_by(self, account_id: UUID) -> AccountSessionQuerySet:
        """Those of one account, newest first."""
        return self.filter(account_id=account_id).order_by("-created_at")


class AccountSession(models.Model):
    """A device that is signed in. Ending it removes the row; its next request fails.

    Nothing here proves anything by itself: of an app's token only the SHA-256 is kept,
    and a browser's cookie is kept as a digest too (see ``accounts.session_store``).
    Only the day of the last use is noted. ``is_vault_proven`` says that this session
    showed the recovery phrase, a passkey that can open the vault, or the password from before
    an e-mail reset; ``is_two_factor``, that it showed a passkey, or a code of an app or of paper.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="device_sessions")
    kind = models.CharField(max_length=6, choices=SessionKind)
    token_digest = models.BinaryField(max_length=32, null=True, unique=True)
    device_name = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_on = models.DateField()
    step_up_until = models.DateTimeField(null=True)
    must_set_password = models.BooleanField(default=False)
    is_vault_proven = models.BooleanField(default=False)
    is_two_factor = models.BooleanField(default=False, db_default=False)

    objects = AccountSessionQuerySet.as_manager()

    @property
    def is_live(self) -> bool:
        """What `AccountSessionQuerySet.live` asks for, of a session and account at hand."""
        is_recent = self.last_seen_on >= timezone.now().date() - IDLE[self.kind]
        is_young = self.created_at > oldest_start(self.kind)
        return is_recent and is_young and self.account.is_active


class ResumeKeyQuerySet(models.QuerySet["ResumeKey"]):
    """Reads of resume keys."""

    def living(self) -> ResumeKeyQuerySet:
        """Those of devices that have not locked since."""
        return self.filter(Q(locks_at=None) | Q(locks_at__gt=timezone.now()))

    def locked(self) -> ResumeKeyQuerySet:
        """Those whose time ran out while nobody was looking."""
        return self.filter(locks_at__lte=timezone.now())


class ResumeKey(SealedModel):
    """The server's half of an unlocked vault on one device; gone when it locks.

    The other half lies wrapped on the device: neither side alone opens anything. The device
    locks by its own clock while a page is open; ``locks_at`` is when it does so even if no
    page is, and null when its owner wants it never to.
    """

    session = models.OneToOneField(
        AccountSession, on_delete=models.CASCADE, primary_key=True, related_name="resume_key"
    )
    locks_at = models.DateTimeField(null=True, db_index=True)

    objects = ResumeKeyQuerySet.as_manager()
