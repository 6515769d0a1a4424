"""The public log as anybody may read it (C2SP tlog-tiles): files, as far as anybody can tell.

They say nothing about a person, so every page may read them, and every cache may keep them.
"""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from rights.log.hashing import TILE_WIDTH, width_of
from rights.log.tiles import bundle, read_number
from rights.log_reading import (
    newest_checkpoint,
    proof_of,
    read_entries,
    read_tile,
    release_entry,
    verifier_key,
)

TEXT, OCTETS = "text/plain; charset=utf-8", "application/octet-stream"
FOR_GOOD = "public, max-age=31536000, immutable"
# A part of a tile never changes either, but nobody asks for it again once there is more.
FOR_A_WHILE = "public, max-age=3600"
FOR_A_MOMENT = "public, max-age=5"
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TILE = re.compile(
    r"(?P<level>0|[1-9][0-9]?|entries)/(?P<number>[x0-9/]+)(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


@require_safe
def show_checkpoint(request: HttpRequest) -> HttpResponse:
    """How long the log is, and the root over it, signed."""
    del request
    checkpoint = newest_checkpoint()
    if checkpoint is None:
        raise Http404
    return _file(checkpoint.note.encode(), TEXT, FOR_A_MOMENT)


@require_safe
def show_key(request: HttpRequest) -> HttpResponse:
    """Who signs it (C2SP signed-note, verifier key)."""
    del request
    key = verifier_key()
    if key is None:
        raise Http404
    return _file(f"{key}\n".encode(), TEXT, FOR_A_MOMENT)


@require_safe
def show_tile(request: HttpRequest, tile: str) -> HttpResponse:
    """Hashes, or entries, of up to 256 neighbours. Nothing that no checkpoint covers."""
    del request
    level, number, width = _place(tile)
    if level is None:
        content = bundle(read_entries(number, width))
    else:
        content = b"".join(read_tile(level, number, width))
    return _file(content, OCTETS, FOR_GOOD if width == TILE_WIDTH else FOR_A_WHILE)


@require_safe
def show_release(request: HttpRequest, manifest_sha256: str) -> HttpResponse:
    """That a manifest with this SHA-256 was stated as what browsers are given, with its proof."""
    del request
    checkpoint = newest_checkpoint()
    if checkpoint is None or not _SHA256.fullmatch(manifest_sha256):
        raise Http404
    entry = release_entry(manifest_sha256, checkpoint.size)
    if entry is None:
        raise Http404
    proof = proof_of(entry, checkpoint).text()
    response = JsonResponse({"entry": bytes(entry.entry).decode(), "proof": proof})
    return _for_everybody(response, FOR_A_MOMENT)


def _place(tile: str) -> tuple[int | None, int, int]:
    """Level (None for entries), number and width. Raises ``Http404`` for what is not there."""
    match, checkpoint = _TILE.fullmatch(tile), newest_checkpoint()
    if match is None or checkpoint is None:
        raise Http404
    level = None if match["level"] == "entries" else int(match["level"])
    width = int(match["width"] or TILE_WIDTH)
    try:
        number = read_number(match["number"])
    except ValueError as error:
        raise Http404 from error
    there = width_of(checkpoint.size, level or 0, number)
    if width > there or match["width"] == str(TILE_WIDTH) or (level or 0) > 63:
        raise Http404
    return level, number, width


def _file(content: bytes, media_type: str, keep: str) -> HttpResponse:
    return _for_everybody(HttpResponse(content, content_type=media_type), keep)


def _for_everybody(response: HttpResponse, keep: str) -> HttpResponse:
    response["Cache-Control"] = keep
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
