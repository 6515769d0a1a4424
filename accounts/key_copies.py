"""What of an account must not go back to an older state: what signs in, and what opens the vault.

A copy goes into the journal whenever any of it changes, sealed there under the epoch as it is
in its rows. Everything that leads to a key in it is wrapped by something only the person has.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import Account, KeyBundle, RecoveryCode, TotpDevice
from pocketvault.kernel.fields import from_base64url, to_base64url

Json = dict[str, Any]
_BUNDLE_FACTS = (
    "generation", "recovery_checks", "kdf_scheme", "kdf_memory_kib", "kdf_iterations",
    "kdf_parallelism",
)  # fmt: skip
_BUNDLE_BYTES = ("kdf_salt", "identity_public_key", "exchange_public_key")
_BUNDLE_TIMES = ("recovery_confirmed_at", "next_recovery_check_at")


def copy_of(account_id: UUID) -> Json | None:
    """The account's keys as they are in this transaction; None when there is no account."""
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        return None
    bundle = KeyBundle.objects.filter(pk=account_id).first()
    totp = TotpDevice.objects.filter(pk=account_id).first()
    codes = RecoveryCode.objects.filter(account=account_id).values_list("code_digest", flat=True)
    return {
        "password": account.password,
        "vault_shut_at": _text(account.vault_shut_at),
        "resets_void_before": _text(account.resets_void_before),
        "bundle": None if bundle is None else _bundle(bundle),
        "totp": None if totp is None else _totp(totp),
        "codes": [to_base64url(bytes(digest)) for digest in codes],
    }


def _bundle(bundle: KeyBundle) -> Json:
    facts = {name: getattr(bundle, name) for name in _BUNDLE_FACTS}
    octets = {name: to_base64url(bytes(getattr(bundle, name))) for name in _BUNDLE_BYTES}
    times = {name: _text(getattr(bundle, name)) for name in _BUNDLE_TIMES}
    return {**facts, **octets, **times, "wraps": to_base64url(bundle.open())}


def _totp(device: TotpDevice) -> Json:
    return {
        "secret": to_base64url(device.open()),
        "confirmed_at": _text(device.confirmed_at),
        "last_step": device.last_step,
    }


def bundle_from(values: Json, account_id: UUID) -> KeyBundle:
    """An unsaved bundle, sealed anew."""
    columns = {name: values[name] for name in _BUNDLE_FACTS}
    columns |= {name: from_base64url(values[name]) for name in _BUNDLE_BYTES}
    columns |= {name: moment(values[name]) for name in _BUNDLE_TIMES}
    return KeyBundle(account_id=account_id, **columns).seal(from_base64url(values["wraps"]))


def totp_from(values: Json, account_id: UUID) -> TotpDevice:
    """An unsaved authenticator app, sealed anew."""
    return TotpDevice(
        account_id=account_id,
        confirmed_at=moment(values["confirmed_at"]),
        last_step=values["last_step"],
    ).seal(from_base64url(values["secret"]))


def moment(text: str | None) -> datetime | None:
    """A time as `copy_of` spells it."""
    return None if text is None else datetime.fromisoformat(text)


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
