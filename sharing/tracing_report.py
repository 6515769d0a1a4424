"""What a trace came to, for JSON, and as evidence that can be handed on."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict

from pocketvault.kernel.fields import to_base64url
from sharing.actions.tracing import TracedCopy

Document = dict[str, object]
# Archives made of the same trace are the same bytes.
_MADE_AT = (1980, 1, 1, 0, 0, 0)


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


def evidence_archive(traced: TracedCopy) -> bytes:
    """A ZIP of ``report.json`` and, when the copy shows a publication, ``annotated.png``: the
    found copy with what was altered framed. Nothing of the vault is in it.
    """
    text = json.dumps(evidence_report(traced), indent=2, sort_keys=True, default=str)
    files = {"report.json": text.encode() + b"\n"}
    if traced.compared:
        files["annotated.png"] = traced.compared.annotated
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _MADE_AT), data)
    return buffer.getvalue()


def _altered(traced: TracedCopy) -> Document | None:
    if traced.compared is None:
        return None
    regions = [asdict(region) for region in traced.compared.regions]
    return {"share": round(traced.compared.share, 4), "regions": regions}
