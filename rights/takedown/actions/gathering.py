"""Evidence: what lies at the reported addresses, kept with its hashes before anybody is told.

Only workers load this: it hashes pictures.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from uuid import UUID

from django.utils import timezone

from pocketvault.kernel.work import enqueue_on_commit
from rights.actions.case_journal import journaled
from rights.models import EvidenceKind, Takedown, TakedownStep, TakedownTarget
from rights.takedown.actions.keeping import Piece, piece_of, stored_pieces, write_pieces
from rights.takedown.actions.moving import locked, move_case, note_event
from rights.takedown.actions.summing import NewManifest
from rights.takedown.fetching import Fetched, Fetcher
from rights.takedown.looking import Look, Wanted, look_at
from rights.takedown.machine import Deed
from rights.takedown.screens import NoScreenError, can_draw, draw_page
from sharing.actions.found_copies import ask_about_copy
from sharing.alike import HASH_BYTES
from sharing.hashes import ways_of_picture
from sharing.models import FoundCopy, Publication
from sharing.publication_archive import largest_picture

Fetchers = Callable[[], Fetcher]


def gather_evidence(case_id: UUID, *, fetcher: Fetchers = Fetcher) -> None:
    """Look at each address that nobody looked at yet, keep what is there, and go on to the next
    step. Safe to repeat, and to kill anywhere: an address is done in one transaction.
    """
    case = Takedown.objects.filter(pk=case_id, gathered_at=None, closed_at=None).first()
    if case is None:
        return
    wanted = Wanted(hashes=wanted_hashes(case))
    for target in case.targets.filter(gathered_at=None).order_by("number"):
        look = look_at(target.open().decode(), wanted, fetcher())
        _keep_look(case, target, look)
    _finish(case_id)


def wanted_hashes(case: Takedown) -> list[bytes]:
    """Of the pictures the case is about: as the person's device hashed them, and of what they
    published, which is all of theirs that we can see.
    """
    rows = list(case.images.all())
    hashes = [bytes(row.pdq) for row in rows if row.pdq is not None]
    ids = [row.image_id for row in rows if row.image_id is not None]
    for publication in Publication.objects.filter(image__in=ids, owner=case.owner_id):
        picture = largest_picture(publication)
        found = ways_of_picture(picture or b"")
        if found:
            hashes.append(found[:HASH_BYTES])
    return hashes


def _keep_look(case: Takedown, target: TakedownTarget, look: Look) -> None:
    pieces, not_drawn = list(_pieces(case, target.number, look)), ""
    try:
        if can_draw(look):
            screen = draw_page(look)
            kind = EvidenceKind.SCREEN
            pieces.append(piece_of(kind, "image/png", screen, target=target.number))
    except NoScreenError as error:
        not_drawn = error.reason
    kept = stored_pieces(case, pieces, case.owner)
    nearest = look.nearest
    with journaled():
        row = locked(case.pk)
        fresh = TakedownTarget.objects.filter(pk=target.pk, gathered_at=None)
        now = timezone.now()
        if not fresh.update(
            gathered_at=now, checked_at=now, state=look.state,
            image_sha256=nearest.fetched.sha256 if nearest else None,
            image_pdq=nearest.pdq if nearest else None,
        ):
            return  # another worker was quicker; what we stored is freed as abandoned
        write_pieces(row, kept)
        seen = look.reason or (f"status {look.page.status}" if look.page else "")
        note_event(row, "looked", note=f"{target.number}: {look.state}, {seen}")
        if not_drawn:
            note_event(row, "not_drawn", note=f"{target.number}: {not_drawn}")


def _pieces(case: Takedown, number: int, look: Look) -> Iterator[Piece]:
    page, nearest = look.page, look.nearest
    if page is not None:
        text = json.dumps(_heading(page), indent=2).encode()
        yield piece_of(EvidenceKind.HEADERS, "application/json", text, target=number)
        if not page.media_type.startswith("image/"):
            media_type = page.media_type or "application/octet-stream"
            yield piece_of(EvidenceKind.PAGE, media_type, page.body, target=number)
    if nearest is not None and nearest.fetched.body:
        body = nearest.fetched.body
        trace = _trace(case, body) if nearest.pdq is not None else None
        yield Piece(
            kind=EvidenceKind.IMAGE, media_type=nearest.fetched.media_type or "image/unknown",
            data=body, sha256=nearest.fetched.sha256, target=number,
            distance=nearest.distance, trace_id=trace.pk if trace else None,
        )


def _trace(case: Takedown, copy: bytes) -> FoundCopy | None:
    """Marks are of accounts: who has none has published nothing to find one in."""
    return ask_about_copy(copy, actor=case.owner) if case.owner is not None else None


def _heading(page: Fetched) -> dict[str, object]:
    return {
        "url": page.url, "status": page.status, "headers": [list(each) for each in page.headers],
        "is_cut": page.is_cut, "fetched_at": timezone.now().isoformat(),
        "hops": [{"url": h.url, "address": h.address, "status": h.status} for h in page.hops],
    }  # fmt: skip


def _finish(case_id: UUID) -> None:
    """All addresses were looked at: sum up in a manifest, find receivers, and go on."""
    manifest = NewManifest(Takedown.objects.get(pk=case_id))
    with journaled():
        row = locked(case_id)
        if row.gathered_at is not None or row.closed_at is not None:
            return
        if not manifest.take_its_place(row):
            return  # something came just now: the sweep comes back to this
        row.gathered_at = timezone.now()
        row.save(update_fields=["gathered_at"])
        if row.step == TakedownStep.REPORTED:
            move_case(case_id, Deed.GATHER)
        enqueue_on_commit("rights.find_receivers", str(case_id), key=f"receivers:{case_id}")
