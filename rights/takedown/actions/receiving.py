"""Finding whom to write to, in the order in which they are tried."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop

from images.errors import PartLostError
from pocketvault.kernel.work import enqueue_on_commit
from rights.actions.case_journal import journaled
from rights.models import (
    EvidenceKind,
    KnownContact,
    Takedown,
    TakedownContact,
    TakedownEvidence,
    TakedownLevel,
    TakedownStep,
)
from rights.takedown import registers
from rights.takedown.actions.keeping import Piece, piece_of, stored_pieces, write_pieces
from rights.takedown.actions.moving import locked, note_event
from rights.takedown.directory import CAN_REMOVE, CAN_SUSPEND, entries_for
from rights.takedown.evidence import read_piece
from rights.takedown.registers import Ask, Registered, ask_address, ask_domain, ask_ripestat

KNOWN_FOR = timedelta(days=30)
CAN_ANSWER = gettext_noop("It runs the site and can remove the copy. It may be who put it there.")
ORDER = list(TakedownLevel.values)


def find_receivers(case_id: UUID, *, ask: Ask = registers.ask) -> None:
    """Write down everybody who can do something about a case. Each look-up may fail; the last
    resort, ``abuse@`` the host (RFC 2142), never does. Safe to repeat.
    """
    case = Takedown.objects.filter(pk=case_id, closed_at=None).first()
    if case is None:
        return
    answers = _Answers(case, ask)
    found = sorted(_receivers(case, answers), key=lambda each: ORDER.index(each.level))
    kept = stored_pieces(case, answers.pieces(), case.owner)
    with journaled():
        row = locked(case_id)
        if not row.evidence.filter(kind=EvidenceKind.REGISTRY).exists():
            write_pieces(row, kept)
        known = {(c.level, c.email, c.form_url) for c in row.contacts.all()}
        number = row.contacts.count()
        for contact in found:
            same = (contact.level, contact.email, contact.form_url)
            if same in known:
                continue
            known.add(same)
            contact.takedown, contact.number = row, number
            contact.save(force_insert=True)
            number += 1
        note_event(row, "receivers_found", note=str(number))
        if row.step == TakedownStep.SIGNED:  # before anybody was known to whom it could go
            enqueue_on_commit("rights.send_notice_out", str(case_id), key=f"send:{case_id}")


class _Answers:
    """What the registers answered about a case, from within thirty days or by asking."""

    def __init__(self, case: Takedown, ask: Ask) -> None:
        number = _number_of(case)
        self.domain = _known(case.host, "rdap-domain", lambda: ask_domain(case.host, ask))
        self.network = self.ripe = None
        if number:
            self.network = _known(number, "rdap-ip", lambda: ask_address(number, ask))
            self.ripe = _known(number, "ripestat", lambda: ask_ripestat(number, ask))

    def pieces(self) -> list[Piece]:
        """Each answer as a piece of evidence: to whom the name and the number are registered."""
        found = (
            ("rdap-domain", self.domain), ("rdap-ip", self.network), ("ripestat", self.ripe),
        )  # fmt: skip
        return [
            piece_of(EvidenceKind.REGISTRY, "application/json", json.dumps(
                {"register": name, "asked": said.url, "answer": said.document}, indent=2
            ).encode())
            for name, said in found
            if said is not None and said.document is not None
        ]  # fmt: skip


def _receivers(case: Takedown, answers: _Answers) -> Iterator[TakedownContact]:
    domain, network, ripe = answers.domain, answers.network, answers.ripe
    organisations = network.organisations if network else ()
    for entry in entries_for(case.host, organisations, case.regime):
        yield TakedownContact(
            level=entry.level, name=entry.name, source="directory", email=entry.email,
            form_url=entry.form_url, can_do=entry.can_do,
        )
    for source, said in (("rdap-ip", network), ("ripestat", ripe)):
        yield from _named(said, TakedownLevel.HOST, source, CAN_REMOVE, organisations)
    registrar = domain.organisations if domain else ()
    yield from _named(domain, TakedownLevel.REGISTRAR, "rdap-domain", CAN_SUSPEND, registrar)
    yield TakedownContact(
        level=TakedownLevel.HOST, name=case.host[:120], source="rfc2142",
        email=f"abuse@{_site_of(case.host)}"[:254], can_do=CAN_ANSWER,
    )


def _named(
    said: Registered | None, level: TakedownLevel, source: str, can_do: str,
    organisations: tuple[str, ...],
) -> Iterator[TakedownContact]:
    for email in said.emails if said else ():
        name = organisations[0] if organisations else email.partition("@")[2]
        yield TakedownContact(
            level=level, name=name[:120], source=source, email=email, can_do=can_do
        )


def _known(
    subject: str, source: str, look_up: Callable[[], Registered | None]
) -> Registered | None:
    """From what was asked within thirty days, or by asking. What failed is asked again."""
    row = KnownContact.objects.filter(
        subject=subject, source=source, until__gt=timezone.now()
    ).first()
    if row is not None:
        return Registered(
            emails=tuple(row.answer["emails"]), organisations=tuple(row.answer["organisations"]),
            document=row.answer.get("document"), url=row.answer.get("url", ""),
        )
    found = look_up()
    if found is not None:
        answer = {
            "emails": list(found.emails), "organisations": list(found.organisations),
            "document": found.document, "url": found.url,
        }  # fmt: skip
        KnownContact.objects.update_or_create(
            subject=subject, source=source,
            defaults={"answer": answer, "until": timezone.now() + KNOWN_FOR},
        )
    return found


def _number_of(case: Takedown) -> str | None:
    """The address that answered when the evidence was fetched: what the last hop went to."""
    rows = TakedownEvidence.objects.select_related("takedown")
    row = rows.filter(takedown=case, kind=EvidenceKind.HEADERS).order_by("pk").first()
    if row is None:
        return None
    try:
        hops = json.loads(read_piece(row))["hops"]
    except PartLostError:
        return None
    return str(hops[-1]["address"]) if hops else None


def _site_of(host: str) -> str:
    """Without ``www``, where nobody reads mail."""
    return host.removeprefix("www.")
