"""A case in facts: for its person, their archive and their lawyer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext

from rights.models import EvidenceKind, Takedown, TakedownEvidence, TakedownLetter, TakedownTarget
from rights.takedown import stamping
from rights.takedown.actions.moving import paper_of
from rights.takedown.regimes import REGIMES, WORDS, Regime

Facts = dict[str, Any]
# Where a piece comes from, for whoever weighs it.
ORIGINS: dict[str, str] = {
    EvidenceKind.PAGE: "fetched by this service", EvidenceKind.HEADERS: "fetched by this service",
    EvidenceKind.IMAGE: "fetched by this service",
    EvidenceKind.UPLOAD: "as uploaded by the person, not checked by this service",
    EvidenceKind.TRACE: "found by this service", EvidenceKind.MANIFEST: "made by this service",
    EvidenceKind.STAMP: "signed by a time-stamping authority",
    EvidenceKind.REGISTRY: "answered by a public register",
    EvidenceKind.SCREEN: "drawn by this service from what it had fetched, without scripts",
    EvidenceKind.REPLY: "a mail to the address of this case",
}


def case_facts(case: Takedown) -> Facts:
    """Everything, for whoever may read it: a bounded number of queries."""
    return {
        **case_line(case),
        "addresses": [_target(each) for each in case.targets.order_by("number")],
        "images": [
            each.image_id for each in case.images.order_by("pk") if each.image_id is not None
        ],
        "stamp": stamp_state(case),
        "notice": asdict(paper_of(case)),
        "meter": meter_of(case),
        "contacts": list(
            case.contacts.order_by("number").values(
                "number", "level", "name", "source", "email", "form_url", "can_do"
            )
        ),
        "letters": [_letter(each) for each in case.letters.order_by("number")],
        "evidence": [piece_facts(each) for each in case.evidence.order_by("pk")],
        "events": [
            {"at": each.at, "tag": each.tag, "step": each.step, "note": each.open().decode()}
            for each in case.events.order_by("pk")
        ],
    }


def case_line(case: Takedown) -> Facts:
    """What a list says of it."""
    return {
        "id": case.pk, "host": case.host, "step": case.step, "regime": case.regime,
        "level": case.level, "ends_with_photo": case.ends_with_photo,
        "reported_at": case.reported_at, "signed_at": case.signed_at, "sent_at": case.sent_at,
        "removed_at": case.removed_at, "closed_at": case.closed_at,
        "next_check_at": case.next_check_at, "next_letter_at": case.next_letter_at,
        "is_for_lumen": case.is_for_lumen,
    }  # fmt: skip


def stamp_state(case: Takedown) -> str:
    """``off``: nobody stamps here. ``waiting``: it is asked for, or asked for again. ``stamped``:
    the newest manifest has one. ``missing``: it has none, and nobody asks any more.
    """
    if case.stamp_due_at is not None:
        return "waiting"
    about = case.evidence.filter(kind__in=(EvidenceKind.MANIFEST, EvidenceKind.STAMP))
    newest = about.order_by("-pk").values_list("kind", flat=True).first()
    if newest == EvidenceKind.STAMP:
        return "stamped"
    return "missing" if stamping.is_configured() and case.stamp_tries else "off"


def meter_of(case: Takedown) -> list[Facts]:
    """Each element its rules want, and whether it is there."""
    regime = REGIMES.get(case.regime)
    return [] if regime is None else [
        {**need, "is_there": bool(case.elements >> number & 1)}
        for number, need in zip(
            (each.element for each in regime.needs), needs_of(regime), strict=True
        )
    ]  # fmt: skip


def needs_of(regime: Regime) -> list[Facts]:
    """The elements of a regime in words."""
    return [
        {
            "element": each.element.name.lower(), "paragraph": each.paragraph,
            "words": gettext(WORDS[each.element]),
        }
        for each in regime.needs
    ]  # fmt: skip


def urls_of(case: Takedown) -> list[str]:
    """The reported addresses, in their order."""
    return [each.open().decode() for each in case.targets.order_by("number")]


def _target(target: TakedownTarget) -> Facts:
    return {
        "number": target.number, "url": target.open().decode(), "state": target.state,
        "checked_at": target.checked_at,
        "image_sha256": bytes(target.image_sha256).hex() if target.image_sha256 else None,
    }  # fmt: skip


def _letter(letter: TakedownLetter) -> Facts:
    return {
        "number": letter.number, "kind": letter.kind, "contact": letter.contact_number,
        "made_at": letter.made_at, "sent_at": letter.sent_at, "is_by_hand": letter.is_by_hand,
        "sha256": bytes(letter.digest).hex(),
    }  # fmt: skip


def piece_facts(row: TakedownEvidence) -> Facts:
    """What a manifest says of one piece."""
    return {
        "id": row.pk, "kind": row.kind, "address": row.target_number,
        "sha256": bytes(row.sha256).hex(), "bytes": row.bytes, "media_type": row.media_type,
        "distance": row.distance, "taken_at": row.taken_at, "origin": ORIGINS[row.kind],
    }  # fmt: skip
