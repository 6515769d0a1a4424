"""The evidence of a case as one archive, for a lawyer or a court."""

from __future__ import annotations

import io
import json
import zipfile

from django.core.serializers.json import DjangoJSONEncoder

from images.errors import PartLostError
from rights.models import Takedown, TakedownEvidence
from rights.takedown.evidence import read_piece
from rights.takedown.telling import case_facts, piece_facts

# Archives made of the same case are the same bytes.
_MADE_AT = (1980, 1, 1, 0, 0, 0)
_ENDINGS = {
    "text/html": "html", "application/json": "json", "image/jpeg": "jpg", "image/png": "png",
    "image/webp": "webp", "image/gif": "gif", "text/plain": "txt",
}  # fmt: skip


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
                archive.writestr(zipfile.ZipInfo(name, _MADE_AT), read_piece(row))
                manifest.append(piece_facts(row) | {"file": name})
            except PartLostError:
                manifest.append(piece_facts(row) | {"file": None})
        for name, facts in (("case.json", case_facts(case)), ("manifest.json", manifest)):
            text = json.dumps(facts, cls=DjangoJSONEncoder, indent=2)
            archive.writestr(zipfile.ZipInfo(name, _MADE_AT), text)
    return buffer.getvalue()


def _name(number: int, row: TakedownEvidence) -> str:
    ending = _ENDINGS.get(row.media_type, "bin")
    return f"{number:03}-{row.kind}.{ending}"
