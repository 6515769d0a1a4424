"""What a trace came to, as a file that can be handed on."""

from __future__ import annotations

import io
import json
import zipfile

from sharing.actions.found_copies import Outcome

# Archives made of the same trace are the same bytes.
_MADE_AT = (1980, 1, 1, 0, 0, 0)


def evidence_archive(outcome: Outcome) -> bytes:
    """A ZIP of ``report.json`` and, when the copy shows a publication, ``annotated.png``: the
    found copy with what was altered framed. Nothing of the vault is in it.
    """
    text = json.dumps(outcome.document, indent=2, sort_keys=True)
    files = {"report.json": text.encode() + b"\n"}
    if outcome.annotated:
        files["annotated.png"] = outcome.annotated
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _MADE_AT), data)
    return buffer.getvalue()
