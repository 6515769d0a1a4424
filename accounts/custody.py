"""What accounts keep about a person, and how it is shown and removed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import count, islice
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from accounts.kdf import Kdf
from accounts.models import (
    Account,
    AccountSession,
    AuditEvent,
    EmailToken,
    KeptAnswer,
    KeyBundle,
    KnownDevice,
    Passkey,
    Preferences,
    PushSubscription,
    RecoveryCode,
    SecondFactorChallenge,
    SignUp,
    StaffRole,
    TotpDevice,
)
from pocketvault.kernel.custody import INTERESTS, Custodian, ExportItem, Keeping, register
from pocketvault.kernel.fields import to_base64url

_EMAIL = "user.contact.email"
_SECRETS = "user.authorization"
_DEVICE = "user.device"
_AS_LONG = "as long as the account"
BATCH_EVENTS = 5000


class AccountsCustodian(Custodian):
    """Answers for everything accounts keep."""

    app_label = "accounts"
    keeps: tuple[Keeping, ...] = (
        Keeping(model="Account", owner_path="pk", categories=(_EMAIL,), retention=_AS_LONG),
        Keeping(
            model="KeyBundle", owner_path="account", categories=(_SECRETS,), retention=_AS_LONG
        ),
        Keeping(
            model="Preferences",
            owner_path="account",
            categories=("user.behavior",),
            retention=_AS_LONG,
        ),
        Keeping(
            model="Passkey",
            owner_path="account",
            categories=(_SECRETS, _DEVICE),
            retention="until you remove it",
        ),
        Keeping(
            model="TotpDevice",
            owner_path="account",
            categories=(_SECRETS,),
            retention="until you switch it off",
        ),
        Keeping(
            model="StaffRole",
            owner_path="account",
            categories=("user.authorization",),
            retention="as long as somebody works here",
        ),
        Keeping(
            model="RecoveryCode",
            owner_path="account",
            categories=(_SECRETS,),
            retention="until it is used or replaced",
        ),
        Keeping(
            model="AccountSession",
            owner_path="account",
            categories=(_DEVICE,),
            retention=(
                "until you sign out, 30 days (an app: 180 days) after its last use, or at the end "
                "of its longest life"
            ),
        ),
        Keeping(
            model="KnownDevice",
            owner_path="account",
            categories=(_DEVICE,),
            retention="a year after its last sign-in, or until you sign out everywhere",
        ),
        Keeping(
            model="ResumeKey",
            owner_path="session__account",
            categories=(_SECRETS,),
            retention="until that device locks, by hand or by time",
        ),
        Keeping(
            model="PushSubscription",
            owner_path="session__account",
            categories=(_DEVICE,),
            retention="until the device stops asking to be woken, cannot be reached for three "
            "days, or is signed out",
        ),
        Keeping(
            model="SecondFactorChallenge",
            owner_path="account",
            categories=(_SECRETS,),
            retention="10 minutes",
        ),
        Keeping(
            model="EmailToken", owner_path="account", categories=(_SECRETS,), retention="1 hour"
        ),
        Keeping(
            model="SignUp",
            owner_path="account_id",
            categories=(_EMAIL, _SECRETS),
            retention="24 hours, unless confirmed",
        ),
        Keeping(
            model="OutgoingMail",
            owner_path=None,
            categories=(_EMAIL,),
            retention="until it is sent, at most 3 days; a letter 30",
        ),
        Keeping(
            model="KeptAnswer",
            owner_path="account",
            categories=(_SECRETS,),
            retention="24 hours, or until you delete what the answer is about",
        ),
        Keeping(
            model="AuditEvent",
            owner_path="actor_id",
            categories=(_DEVICE,),
            retention="12 months",
            legal_basis=INTERESTS,
        ),
    )

    def export(self, subject_id: UUID) -> Iterator[ExportItem]:
        """The account in words, and the key bundle as the ciphertext it is."""
        account = Account.objects.filter(pk=subject_id).first()
        if account is None:
            return
        yield _document("account/account.json", _account_facts(account))
        yield _document("account/devices.json", _device_facts(subject_id))
        yield from _event_documents(subject_id)
        bundle = KeyBundle.objects.filter(pk=subject_id).first()
        if bundle is not None:
            yield _document("account/keys.json", _key_facts(bundle))

    def erase_some(self, subject_id: UUID) -> int:
        """Remove the account and all it has. Its events go first, and in batches: there is one
        for each photo there ever was, and they are about the person too.
        """
        events = AuditEvent.objects.concerning(subject_id).order_by("pk")
        if ids := list(events.values_list("pk", flat=True)[:BATCH_EVENTS]):
            return AuditEvent.objects.filter(pk__in=ids).delete()[0]
        email = Account.objects.filter(pk=subject_id).values_list("email", flat=True).first()
        if email is not None:
            SignUp.objects.filter(email=email).delete()
        rows = [
            AccountSession.objects.owned_by(subject_id),
            SecondFactorChallenge.objects.filter(account=subject_id),
            EmailToken.objects.filter(account=subject_id),
            KeptAnswer.objects.filter(account=subject_id),
            RecoveryCode.objects.filter(account=subject_id),
            TotpDevice.objects.filter(account=subject_id),
            StaffRole.objects.filter(account=subject_id),
            Passkey.objects.owned_by(subject_id),
            KnownDevice.objects.filter(account=subject_id),
            Preferences.objects.filter(account=subject_id),
            KeyBundle.objects.filter(account=subject_id),
            Account.objects.filter(pk=subject_id),
        ]
        return sum(found.delete()[0] for found in rows)


register(AccountsCustodian())


def _account_facts(account: Account) -> dict[str, object]:
    preferences = Preferences.objects.filter(pk=account.pk).values().first()
    return {
        "account_id": account.pk,
        "email": account.email,
        "created_at": account.created_at,
        "vault_shut_at": account.vault_shut_at,
        "used_bytes": account.used_bytes,
        "image_count": account.image_count,
        "has_authenticator_app": TotpDevice.objects.filter(account=account).exists(),
        "roles_at_the_desk": list(
            StaffRole.objects.filter(account=account).values_list("role", flat=True)
        ),
        "preferences": preferences,
    }


def _device_facts(subject_id: UUID) -> dict[str, object]:
    session_facts = ("id", "kind", "device_name", "created_at", "last_seen_on")
    push_facts = ("session_id", "service", "urgency", "subscribed_at")
    passkey_facts = ("id", "name", "created_at", "last_used_on")
    return {
        "sessions": list(AccountSession.objects.owned_by(subject_id).values(*session_facts)),
        "woken_through": list(
            PushSubscription.objects.filter(session__account=subject_id).values(*push_facts)
        ),
        "known_browsers": list(
            KnownDevice.objects.owned_by(subject_id).values("id", "last_used_on")
        ),
        "passkeys": list(Passkey.objects.owned_by(subject_id).values(*passkey_facts)),
    }


def _event_documents(subject_id: UUID) -> Iterator[ExportItem]:
    """``events.json``, ``events-2.json`` and so on: there is an event for each photo there ever
    was, and a worker must not hold all of them.
    """
    events = AuditEvent.objects.concerning(subject_id).order_by("pk").iterator()
    facts = ({"at": e.at, "tag": e.tag, "subject_id": e.subject_id} for e in events)
    for number in count(1):
        batch = list(islice(facts, BATCH_EVENTS))
        if batch or number == 1:
            yield _document(f"account/events{f'-{number}' if number > 1 else ''}.json", batch)
        if len(batch) < BATCH_EVENTS:
            return


def _key_facts(bundle: KeyBundle) -> dict[str, object]:
    wraps = bundle.wraps()
    return {
        "kdf": _kdf_facts(bundle.kdf),
        "former_password": wraps.former
        and {
            "kdf": _kdf_facts(wraps.former.kdf),
            "wrapped_account_key": to_base64url(wraps.former.wrapped_account_key),
        },
        "wrapped_account_key_password": to_base64url(wraps.password) if wraps.password else None,
        "wrapped_account_key_recovery": to_base64url(wraps.recovery),
        "wrapped_identity_seed": to_base64url(wraps.identity_seed),
        "wrapped_exchange_seed": to_base64url(wraps.exchange_seed),
        "identity_public_key": to_base64url(bytes(bundle.identity_public_key)),
        "exchange_public_key": to_base64url(bytes(bundle.exchange_public_key)),
        "generation": bundle.generation,
    }


def _kdf_facts(kdf: Kdf) -> dict[str, object]:
    return {**asdict(kdf), "salt": to_base64url(kdf.salt)}


def _document(path: str, facts: object) -> ExportItem:
    text = json.dumps(facts, cls=DjangoJSONEncoder, indent=2)
    return ExportItem.holding(text.encode(), path=path, media_type="application/json")
