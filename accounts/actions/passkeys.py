"""Adding, naming, using and removing passkeys."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from webauthn.helpers import generate_challenge

from accounts import audit, passkey_ceremony
from accounts.actions.challenges import claim_try, finish
from accounts.actions.mailing import notify
from accounts.actions.sessions import note_first_factor
from accounts.audit import AuditTag
from accounts.errors import PasskeyRefusedError
from accounts.guards import (
    has_second_factor,
    require_a_factor_left,
    require_factor_of_staff,
    require_open_vault,
    require_step_up,
)
from accounts.models import Account, AccountSession, ChallengeKind, Passkey, SecondFactorChallenge
from accounts.models.challenge import CHALLENGE_LIFETIME
from accounts.passkey_ceremony import Credential, JsonObject
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.ids import uuid7


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A challenge with the options a browser hands to its authenticator."""

    challenge: SecondFactorChallenge
    public_key: JsonObject


def ask_any_passkey() -> Question:
    """For signing in: whichever passkey the person picks says who they are."""
    challenge = _new_challenge(ChallengeKind.PASSKEY_SIGN_IN)
    options = passkey_ceremony.options_for_known(challenge=bytes(challenge.challenge))
    return Question(challenge=challenge, public_key=options)


def ask_known_passkey(account: Account) -> Question:
    """For unlocking and stepping up: one of this account's passkeys."""
    challenge = _new_challenge(ChallengeKind.KNOWN_PASSKEY, account=account)
    return Question(challenge=challenge, public_key=known_options(challenge))


def known_options(challenge: SecondFactorChallenge) -> JsonObject:
    """The options for a challenge that only its account's passkeys may answer."""
    return passkey_ceremony.options_for_known(
        challenge=bytes(challenge.challenge),
        allowed=_credential_ids(challenge.account),
    )


def ask_new_passkey(session: AccountSession) -> Question:
    """For adding one. Its id is settled now, because the wrap's context names it."""
    require_open_vault(session)
    require_step_up(session)
    account = session.account
    challenge = _new_challenge(ChallengeKind.NEW_PASSKEY, account=account, passkey_id=uuid7())
    options = passkey_ceremony.options_for_new(
        account_id=account.pk,
        email=account.email,
        challenge=bytes(challenge.challenge),
        existing=_credential_ids(account),
    )
    return Question(challenge=challenge, public_key=options)


def add_passkey(
    session: AccountSession,
    challenge_id: UUID,
    *,
    credential: Credential,
    name: str,
    wrapped_account_key: bytes | None,
) -> Passkey:
    """Keep a new passkey, and the account key wrapped by it when it can open the vault."""
    require_open_vault(session)
    require_step_up(session)
    require_factor_of_staff(session)
    account = session.account
    challenge = claim_try(challenge_id, kind=ChallengeKind.NEW_PASSKEY, account=account)
    made = passkey_ceremony.verify_new(credential, challenge=bytes(challenge.challenge))
    passkey = Passkey(
        id=challenge.passkey_id,
        account=account,
        name=name,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
    ).seal(wrapped_account_key or b"")
    is_first = not has_second_factor(account)
    with transaction.atomic():
        finish(challenge)
        _insert(passkey)
        note_first_factor(session, is_first=is_first)
        audit.record(AuditTag.PASSKEY_ADDED, actor=account, subject_id=passkey.pk)
        notify(
            account, subject="A passkey was added", happened="A passkey was added to your account."
        )
    return passkey


def _insert(passkey: Passkey) -> None:
    try:
        with transaction.atomic():
            passkey.save(force_insert=True)
    except IntegrityError as error:
        raise PasskeyRefusedError("This passkey is already in use.") from error


@transaction.atomic
def rename_passkey(passkey_id: UUID, *, name: str, actor: Account) -> Passkey:
    """Give a passkey another name."""
    passkey = _owned(passkey_id, actor)
    passkey.name = name
    passkey.save(update_fields=["name"])
    audit.record(AuditTag.PASSKEY_RENAMED, actor=actor, subject_id=passkey.pk)
    return passkey


@transaction.atomic
def remove_passkey(session: AccountSession, passkey_id: UUID) -> None:
    """Forget a passkey. What it wrapped goes with it."""
    require_open_vault(session)
    require_step_up(session)
    require_factor_of_staff(session)
    passkey = _owned(passkey_id, session.account)
    audit.record(AuditTag.PASSKEY_REMOVED, actor=session.account, subject_id=passkey.pk)
    notify(
        session.account,
        subject="A passkey was removed",
        happened="A passkey was removed from your account.",
    )
    passkey.delete()
    require_a_factor_left(session.account)


def passkey_that_signed(challenge: SecondFactorChallenge, credential: Credential) -> Passkey:
    """The passkey whose signature answers this challenge. Raises `PasskeyRefusedError`.

    The counter is moved by compare-and-set: a copied passkey and a replayed answer both
    bring a counter that is no longer ahead.
    """
    found = Passkey.objects.select_related("account").filter(
        credential_id=passkey_ceremony.credential_id_of(credential), account__is_active=True
    )
    passkey = found.first()
    if passkey is None or challenge.account_id not in (None, passkey.account_id):
        raise PasskeyRefusedError
    if passkey_ceremony.names_another(
        credential, passkey.account_id, is_needed=not challenge.account
    ):
        raise PasskeyRefusedError
    count = passkey_ceremony.verify_known(
        credential, passkey=passkey, challenge=bytes(challenge.challenge)
    )
    is_moved = Passkey.objects.filter(pk=passkey.pk, sign_count=passkey.sign_count).update(
        sign_count=count, last_used_on=timezone.now().date()
    )
    if not is_moved:
        raise PasskeyRefusedError
    return passkey


def holder_of(credential: Credential) -> UUID | None:
    """Whose passkey an answer names, whether it is right or not; None when it is nobody's."""
    try:
        credential_id = passkey_ceremony.credential_id_of(credential)
    except PasskeyRefusedError:
        return None
    found = Passkey.objects.filter(credential_id=credential_id)
    return found.values_list("account_id", flat=True).first()


def _new_challenge(
    kind: ChallengeKind, *, account: Account | None = None, passkey_id: UUID | None = None
) -> SecondFactorChallenge:
    return SecondFactorChallenge.objects.create(
        kind=kind,
        account=account,
        passkey_id=passkey_id,
        challenge=generate_challenge(),
        expires_at=timezone.now() + CHALLENGE_LIFETIME,
    )


def _owned(passkey_id: UUID, account: Account) -> Passkey:
    passkey = Passkey.objects.owned_by(account.pk).select_for_update().filter(pk=passkey_id).first()
    if passkey is None:
        raise NotFoundError
    return passkey


def _credential_ids(account: Account | None) -> list[bytes]:
    known = Passkey.objects.filter(account=account).values_list("credential_id", flat=True)
    return [bytes(credential_id) for credential_id in known]
