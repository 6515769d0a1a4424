"""What a trace came to, for JSON: for whoever's photo it is, and for staff."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from pocketvault.kernel.fields import to_base64url
from sharing.models import Publication, WatermarkNumber
from sharing.tracing.doors import Compared
from sharing.tracing.tracing import Trace

Document = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TracedCopy:
    """A trace with the rows it led to.

    ``publication`` and ``number`` are those the trace speaks of, if they are still there.
    ``compared`` is there when the copy shows the publication, and its picture can be read.
    """

    sha256: bytes
    bytes: int
    traced_at: datetime
    trace: Trace
    publication: Publication | None
    number: WatermarkNumber | None
    compared: Compared | None


def trace_document(traced: TracedCopy) -> Document:
    """For a person: ids, figures, and where the copy differs. No picture."""
    trace, publication = traced.trace, traced.publication
    return {
        "result": trace.result.value,
        "publication": publication.pk if publication else None,
        "withdrawn_at": traced.number.withdrawn_at if traced.number else None,
        "chance": trace.mark.chance if trace.mark else None,
        "inliers": trace.inliers,
        "change": asdict(trace.change) if trace.change else None,
        "altered": _altered(traced),
        "copy_sha256": to_base64url(traced.sha256),
        "copy_bytes": traced.bytes,
    }


def evidence_report(traced: TracedCopy) -> Document:
    """For staff: the same with whose it is, and its owner's signed statement."""
    publication = traced.publication
    owner_id = publication.owner_id if publication else None
    if owner_id is None and traced.number:
        owner_id = traced.number.owner_id
    return {
        **trace_document(traced),
        "traced_at": traced.traced_at.isoformat(),
        "copy_sha256_hex": traced.sha256.hex(),
        "public_id": publication.public_id if publication else None,
        "owner": owner_id,
        "key_number": traced.trace.mark.key_number if traced.trace.mark else None,
        "statement": bytes(publication.statement).decode() if publication else None,
        "signature": to_base64url(bytes(publication.signature)) if publication else None,
    }


def _altered(traced: TracedCopy) -> Document | None:
    if traced.compared is None:
        return None
    regions = [asdict(region) for region in traced.compared.regions]
    return {"share": round(traced.compared.share, 4), "regions": regions}
