"""Agreeing to something, as a device does: written out, signed, and sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from pocketvault.kernel.fields import to_base64url as text
from pocketvault.kernel.ids import uuid7
from rights.consent_records import CURRENT_TEXT, TEXTS
from rights.models import Consent
from tests.sharing.signing_albums import Json, Person

API = "/api/v1/consents"


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def record(person: Person, image_ids: Sequence[UUID], **changes: object) -> Json:
    """The members of a record, about the text in force, for half a year."""
    now = timezone.now()
    digest = hashlib.sha256(TEXTS[CURRENT_TEXT].encode()).digest()
    return {
        "kind": "consent", "schema_version": "ISO/IEC TS 27560:2023",
        "record_id": str(uuid7()), "pii_principal_id": str(person.pk),
        "pii_principal_name": "Alice Liddell", "pii_controller": settings.PUBLIC_URL,
        "purposes": ["synthetic_derivative"], "images": sorted(map(str, image_ids)),
        "privacy_notice": {"version": CURRENT_TEXT, "sha256": text(digest)},
        "event_time": moment(now), "expiry_time": moment(now + timedelta(days=180)), **changes,
    }  # fmt: skip


def spelled(members: Json) -> bytes:
    return json.dumps(
        members, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    ).encode()


def signed(person: Person, members: Json) -> Json:
    """The body that gives it."""
    raw = spelled(members)
    context = f"pv1|consent|{person.pk}|{members['record_id']}|given|1".encode()
    return {
        "record": text(raw),
        "signature": text(b"\x01" + person.key.sign(context + b"\0" + raw)),
        "id": members["record_id"],
    }


def give(person: Person, body: Json) -> object:
    sent = {name: body[name] for name in ("record", "signature")}
    return person.app.put(f"{API}/{body['id']}", sent, format="json")


def given(person: Person, body: Json) -> Consent:
    answer = give(person, body)
    assert answer.status_code == 201, answer.content  # type: ignore[attr-defined]
    return Consent.objects.get(pk=body["id"])
