"""The sentences of the browser's side in the reader's language, for the page to bring along."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TypedDict

from django.conf import settings
from django.utils.translation import to_locale


class Catalogue(TypedDict):
    """``djangojs.json`` of a language, written by ``deploy/messages``; read by ``ui/text.ts``."""

    plurals: str
    sentences: dict[str, str | list[str]]


@cache
def browser_catalogue(language: str) -> Catalogue | None:
    """The catalogue of a language such as ``de``; None for English, which needs none."""
    for folder in settings.LOCALE_PATHS:
        file = Path(folder) / to_locale(language) / "LC_MESSAGES" / "djangojs.json"
        if file.is_file():
            found: Catalogue = json.loads(file.read_text(encoding="utf-8"))
            return found
    return None
