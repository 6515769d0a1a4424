"""The sentences of the browser's side in the reader's language.

Those of this release are files of the build, which a browser keeps. A language that an operator
added (``LOCALE_DIRS``) is none, because the build does not know it: it is data in the page.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TypedDict

from django.conf import settings
from django.utils.translation import to_locale

from pocketvault.kernel.bundle import manifest


class Catalogue(TypedDict):
    """``djangojs.json`` of a language, written by ``deploy/messages``; read by ``ui/text.ts``."""

    plurals: str
    sentences: dict[str, str | list[str]]


def built_catalogue(language: str) -> str | None:
    """The logical name of a language's file in this build; None where it has none."""
    name = f"languages/{to_locale(language)}.js"
    return name if name in manifest()["files"] else None


@cache
def browser_catalogue(language: str) -> Catalogue | None:
    """The catalogue of a language such as ``de``; None for English, which needs none."""
    for folder in settings.LOCALE_PATHS:
        file = Path(folder) / to_locale(language) / "LC_MESSAGES" / "djangojs.json"
        if file.is_file():
            found: Catalogue = json.loads(file.read_text(encoding="utf-8"))
            return found
    return None
