"""The evidence of a case as one archive, for a lawyer or a court."""

from __future__ import annotations

import io
import json
import zipfile

from django.core.serializers.json import DjangoJSONEncoder

from images.errors import PartLostError
from rights.models import EvidenceKind, Takedown, TakedownEvidence
from rights.takedown import stamping
from rights.takedown.evidence import read_piece
from rights.takedown.telling import case_facts, piece_facts

# Archives made of the same case are the same bytes.
_MADE_AT = (1980, 1, 1, 0, 0, 0)
_ENDINGS = {
    "text/html": "html", "application/json": "json", "image/jpeg": "jpg", "image/png": "png",
    "image/webp": "webp", "image/gif": "gif", "text/plain": "txt", "application/pdf": "pdf",
    stamping.MEDIA_TYPE: "tsr", "message/rfc822": "eml",
}  # fmt: skip


_READ_ME = """What lies here

case.json       everything that is known of the case
manifest.json   each file below with its SHA-256 and where it comes from ("origin")
NNN-manifest.json, NNN-stamp.tsr
                the evidence as it was summed up at a time, and a time-stamp (RFC 3161) of exactly
                that file, where an authority was asked and answered

To check a time-stamp without us, with OpenSSL:

  openssl ts -verify -data NNN-manifest.json -in NNN-stamp.tsr -CAfile roots.pem
  openssl ts -reply -in NNN-stamp.tsr -text

"stamps" in manifest.json says which manifest a stamp is of. Take roots.pem from the authority
itself; tsa-roots.pem here is what this service believed. A certificate that has run out since
needs -attime with the time of the stamp. Then compare each file with its hash: sha256sum NNN-*.
"""


def bundle_of(case: Takedown) -> bytes:
    """A ZIP: ``case.json`` tells everything, ``manifest.json`` names each file with its SHA-256,
    and the files are as they were fetched. What cannot be read any more is named as missing.
    """
    buffer = io.BytesIO()
    manifest: list[dict[str, object]] = []
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, row in enumerate(case.evidence.select_related("takedown").order_by("pk")):
            name = _name(number, row)
            try:
                data = read_piece(row)
                archive.writestr(zipfile.ZipInfo(name, _MADE_AT), data)
                manifest.append(piece_facts(row) | {"file": name} | _stamped(row, data))
            except PartLostError:
                manifest.append(piece_facts(row) | {"file": None})
        for name, facts in (("case.json", case_facts(case)), ("manifest.json", manifest)):
            text = json.dumps(facts, cls=DjangoJSONEncoder, indent=2)
            archive.writestr(zipfile.ZipInfo(name, _MADE_AT), text)
        archive.writestr(zipfile.ZipInfo("README.txt", _MADE_AT), _READ_ME)
        if stamping.is_configured():
            roots = stamping.roots_file().read_bytes()
            archive.writestr(zipfile.ZipInfo("tsa-roots.pem", _MADE_AT), roots)
    return buffer.getvalue()


def _stamped(row: TakedownEvidence, data: bytes) -> dict[str, object]:
    """Of what a stamp is: the SHA-256 of a manifest."""
    digest = stamping.stamped_digest(data) if row.kind == EvidenceKind.STAMP else None
    return {} if digest is None else {"stamps": digest.hex()}


def _name(number: int, row: TakedownEvidence) -> str:
    ending = _ENDINGS.get(row.media_type, "bin")
    return f"{number:03}-{row.kind}.{ending}"
