"""Agreeing to something in writing, and ending it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, override

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account, KeyBundle
from images.models import Image
from pocketvault.kernel.errors import ConflictError, NotFoundError
from rights.choices_errors import BadConsentError, ConsentForOthersError
from rights.consent_records import (
    TEXTS,
    ConsentRecord,
    check_consent_signature,
    read_record,
    text_digest,
)
from rights.models import Consent, ConsentImage, RequestKind, SyntheticDerivative
from rights.requests.actions.opening import note_done_by_oneself

# A clock may be wrong by so much; an agreement from longer ago was not given just now.
CLOCKS_DIFFER = timedelta(minutes=10)


@transaction.atomic
def give_consent(consent_id: UUID, raw: bytes, signature: bytes, *, actor: Account) -> bool:
    """Keep what the person signed. False when this very record was kept already.

    Raises `BadConsentError`, `ConsentForOthersError`, `ConflictError`, and `NotFoundError` for
    what is somebody else's.
    """
    known = Consent.objects.filter(pk=consent_id).first()
    if known is not None:
        if known.account_id != actor.pk:
            raise NotFoundError
        if bytes(known.record) != raw:
            raise ConflictError
        return False
    record = read_record(raw, controller=settings.PUBLIC_URL, shown=_shown())
    found = KeyBundle.objects.filter(pk=actor.pk).values_list("identity_public_key", flat=True)
    identity = bytes(found.first() or b"")
    check_consent_signature(raw, signature, identity=identity, record=record)
    _refuse_others(consent_id, record, actor)
    consent = Consent.objects.create(
        id=consent_id, account=actor, text_version=record.text_version,
        text_sha256=record.text_sha256, typed_name=record.typed_name, record=raw,
        signature=signature, given_at=record.given_at, expires_at=record.expires_at,
    )  # fmt: skip
    ConsentImage.objects.bulk_create(
        [ConsentImage(consent=consent, image_id=each) for each in record.image_ids]
    )
    audit.record(AuditTag.CONSENT_GIVEN, actor=actor, subject_id=consent_id)
    return True


@transaction.atomic
def withdraw_consent(consent_id: UUID, *, actor: Account) -> None:
    """End it now; what was made under it goes first. Safe to repeat. Raises `NotFoundError`."""
    found = Consent.objects.select_for_update().filter(pk=consent_id, account=actor)
    consent = found.first()
    if consent is None:
        raise NotFoundError
    if consent.withdrawn_at is not None:
        return
    SyntheticDerivative.objects.filter(consent=consent).delete()
    consent.withdrawn_at = timezone.now()
    consent.save(update_fields=["withdrawn_at"])
    audit.record(AuditTag.CONSENT_WITHDRAWN, actor=actor, subject_id=consent_id)
    note_done_by_oneself(RequestKind.WITHDRAWAL, actor.pk)


def remove_made_of(image_ids: Iterable[UUID]) -> None:
    """Remove what was made of photos, in the transaction in which they go."""
    SyntheticDerivative.objects.filter(image__in=list(image_ids)).delete()


@transaction.atomic
def remove_uncovered() -> int:
    """Remove what was made under a consent that is over by now; return how many."""
    over = Q(consent__expires_at__lte=timezone.now()) | Q(consent__withdrawn_at__isnull=False)
    count, _ = SyntheticDerivative.objects.filter(over).delete()
    return count


def shown_text(consent: Consent) -> str:
    """What was shown, in the language in which it was."""
    text, digest = TEXTS[consent.text_version], bytes(consent.text_sha256)
    for language, _ in settings.LANGUAGES:
        with override(language):
            if text_digest(gettext(text)) == digest:
                return gettext(text)
    return text


def _refuse_others(consent_id: UUID, record: ConsentRecord, actor: Account) -> None:
    """It is this one, by this person, just now, about photos of theirs that are here."""
    now = timezone.now()
    is_now = abs(now - record.given_at) <= CLOCKS_DIFFER
    if (record.record_id, record.account_id) != (consent_id, actor.pk) or not is_now:
        raise BadConsentError
    own = Image.objects.owned_by(actor).filter(pk__in=record.image_ids, binned_at=None)
    if own.count() != len(record.image_ids):
        raise ConsentForOthersError


def _shown() -> dict[str, bytes]:
    """The digest of each text in the language that is spoken now, which is what was shown."""
    return {version: text_digest(gettext(text)) for version, text in TEXTS.items()}
