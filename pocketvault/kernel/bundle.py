"""What the browser's build left behind: which hashed file is current, and what vouches for it."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import TypedDict

from django.conf import settings


class BuiltFile(TypedDict):
    """One file below ``STATIC_URL``."""

    path: str
    bytes: int
    sha256: str
    integrity: str


class ImportMap(TypedDict):
    """The integrity of every module, as a page states it, and the policy source that allows it."""

    text: str
    source: str


class EntryImports(TypedDict):
    """What an entry loads at once, and what it may load later. Logical names.

    ``speaks`` says whether it says anything to people, in whatever language.
    """

    imports: list[str]
    lazy: list[str]
    speaks: bool


class Manifest(TypedDict):
    """``static/dist/manifest.json``, written by ``static/build.mjs``."""

    files: dict[str, BuiltFile]
    entries: dict[str, EntryImports]
    importMap: ImportMap


@cache
def manifest() -> Manifest:
    """The manifest of the current build. Raises ``FileNotFoundError`` before the first build."""
    found: Manifest = json.loads(
        (settings.BASE_DIR / "static" / "dist" / "manifest.json").read_text(encoding="utf-8")
    )
    return found


@cache
def fingerprint() -> str:
    """SHA-256 of the manifest, in hex, which names every shipped file with its own: one number for
    all the code that browsers are given. Raises ``FileNotFoundError`` before the first build.
    """
    written = (settings.BASE_DIR / "static" / "dist" / "manifest.json").read_bytes()
    return hashlib.sha256(written).hexdigest()


def shipped(name: str) -> bytes:
    """A file of the current build by its logical name, byte for byte. Raises
    ``FileNotFoundError`` before the first build.
    """
    path = manifest()["files"][name]["path"]
    return (settings.BASE_DIR / "static" / "dist" / path).read_bytes()


def import_map_source() -> str:
    """The ``script-src`` source that lets our import map stand in a page; empty without a build."""
    try:
        return manifest()["importMap"]["source"]
    except FileNotFoundError:
        return ""
