"""From an address to an account: pending, confirmed by a code, then all at once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from accounts.actions.mailing import queue_mail
from accounts.actions.sessions import Device, OpenedSession, fresh_step_up, open_session
from accounts.audit import AuditTag
from accounts.digests import digest_of_code, is_same, new_mail_code
from accounts.errors import (
    AccountTakenError,
    CodeExpiredError,
    TooManyTriesError,
    WrongCodeError,
)
from accounts.kdf import Kdf, refuse_foreign
from accounts.models import Account, KeyBundle, MailKind, Preferences, SignUp, Wraps
from accounts.models.kdf_columns import columns_of
from accounts.models.sign_up import LIFETIME, MAX_TRIES
from accounts.parameters import parameters_for
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.languages import spoken_language


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpOffer:
    """What a browser brings: the address, the auth key, and every key already wrapped."""

    email: str
    account_id: UUID
    auth_key: bytes
    kdf: Kdf
    wraps: Wraps
    identity_public_key: bytes
    exchange_public_key: bytes


def request_sign_up(offer: SignUpOffer) -> SignUp:
    """Note a sign-up and owe its mail: the same for every address, known or not.

    The very same request again, as browsers send one whose answer got lost, is answered as the
    first was, so the code in the first mail stays good. Another one with the same account id
    takes the place of the one before.
    """
    refuse_foreign(offer.kdf, salt=parameters_for(offer.email).salt)
    auth_key_hash = make_password(to_base64url(offer.auth_key))
    sign_up = SignUp(
        account_id=offer.account_id,
        email=offer.email,
        auth_key_hash=auth_key_hash,
        identity_public_key=offer.identity_public_key,
        exchange_public_key=offer.exchange_public_key,
        expires_at=timezone.now() + LIFETIME,
        **columns_of(offer.kdf),
    )
    try:
        return _note(sign_up, offer)
    except IntegrityError:  # its twin came at the same moment
        return _note(sign_up, offer)


@transaction.atomic
def _note(sign_up: SignUp, offer: SignUpOffer) -> SignUp:
    before = (
        SignUp.objects.select_for_update()
        .filter(account_id=offer.account_id, email=offer.email)
        .first()
    )
    if before is not None:
        if _is_the_same(before, offer):
            return before
        before.delete()
    _give_new_code(sign_up.seal(offer.wraps.to_json()))
    return sign_up


def _is_the_same(before: SignUp, offer: SignUpOffer) -> bool:
    """Whether a sign-up that can still be finished holds what is offered, byte for byte."""
    return (
        before.expires_at > timezone.now()
        and before.tries < MAX_TRIES
        and bytes(before.identity_public_key) == offer.identity_public_key
        and bytes(before.exchange_public_key) == offer.exchange_public_key
        and before.kdf == offer.kdf
        and before.open() == offer.wraps.to_json()
        and check_password(to_base64url(offer.auth_key), before.auth_key_hash)
    )


@transaction.atomic
def resend_code(sign_up_id: UUID) -> SignUp:
    """Send another code; the one before stops working."""
    sign_up = SignUp.objects.select_for_update().filter(pk=sign_up_id).first()
    if sign_up is None or sign_up.expires_at <= timezone.now():
        raise CodeExpiredError
    _give_new_code(sign_up)
    return sign_up


def _give_new_code(sign_up: SignUp) -> None:
    code = new_mail_code()
    sign_up.code_digest = digest_of_code(code, belongs_to=sign_up.pk)
    sign_up.tries = 0
    sign_up.save()
    queue_mail(MailKind.SIGN_UP, email=sign_up.email, sign_up_id=str(sign_up.pk), code=code)


def check_code(sign_up_id: UUID, code: str) -> SignUp:
    """Count a try, then compare. Outside any transaction: a refusal must not undo the count.

    The count is one conditional UPDATE, so a hundred guesses at once are still five.
    """
    living = SignUp.objects.filter(pk=sign_up_id, expires_at__gt=timezone.now())
    is_counted = living.filter(tries__lt=MAX_TRIES).update(tries=F("tries") + 1)
    sign_up = living.first()
    if sign_up is None:
        raise CodeExpiredError
    if not is_counted:
        raise TooManyTriesError
    if not is_same(sign_up.code_digest, digest_of_code(code, belongs_to=sign_up.pk)):
        raise WrongCodeError(tries_left=MAX_TRIES - sign_up.tries)
    return sign_up


@transaction.atomic
def create_account(sign_up: SignUp, *, device: Device) -> OpenedSession:
    """The account, its keys and its first session, or none of them."""
    pending = SignUp.objects.select_for_update().filter(pk=sign_up.pk).first()
    if pending is None:  # a second tap on the same link came first
        raise CodeExpiredError
    account = _insert_account(pending)
    KeyBundle(
        account=account,
        identity_public_key=pending.identity_public_key,
        exchange_public_key=pending.exchange_public_key,
        **columns_of(pending.kdf),
    ).seal(pending.open()).save(force_insert=True)
    Preferences.objects.create(account=account, language=spoken_language())
    SignUp.objects.filter(email=pending.email).delete()
    audit.record(AuditTag.ACCOUNT_CREATED, actor=account, subject_id=account.pk)
    return open_session(account, device=device, step_up_until=fresh_step_up())


def _insert_account(pending: SignUp) -> Account:
    account = Account(id=pending.account_id, email=pending.email, password=pending.auth_key_hash)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as error:
        if Account.objects.filter(email=pending.email).exists():
            raise CodeExpiredError from error
        raise AccountTakenError from error
    return account
