"""The catalogues of gettext, and what they are compiled to.

    locale/django.pot, locale/djangojs.pot       what there is to translate
    locale/de/LC_MESSAGES/django.po, djangojs.po   one language; a person works on these
    locale/de/LC_MESSAGES/django.mo, djangojs.json   the same for the server, for the browser

Written without times, line numbers or names of files, so that only a changed sentence changes
a catalogue.
"""

from __future__ import annotations

import gettext
import json
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from deploy.messages.server import Message

COUNTED = 200
"""For how many numbers the form is written down; see ``rowOf`` in ``static/src/ui/text.ts``."""


def template_of(messages: Iterable[Message]) -> bytes:
    """The ``.pot``: every sentence, none translated."""
    catalogue = Catalog(project="PocketVault", header_comment="# What PocketVault says.")
    for message in sorted(messages, key=lambda each: each if isinstance(each, str) else each[0]):
        catalogue.add(message, flags=_flags(message))
    output = BytesIO()
    write_po(output, catalogue, width=0, omit_header=True, no_location=True)
    return output.getvalue()


def _flags(message: Message) -> list[str]:
    return ["python-format"] if "%(" in str(message) else []


def update(file: Path, template: bytes, *, language: str) -> None:
    """Bring one language's ``.po`` up to the template. What is translated stays."""
    catalogue = Catalog(locale=language, project="PocketVault", fuzzy=False)
    if file.exists():
        catalogue = read_po(BytesIO(file.read_bytes()), locale=language)
    catalogue.update(read_po(BytesIO(template)), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    file.parent.mkdir(parents=True, exist_ok=True)
    output = BytesIO()
    write_po(output, catalogue, width=0, sort_output=True, ignore_obsolete=True)
    file.write_bytes(output.getvalue())


def compile_server(file: Path, *, language: str) -> None:
    """From ``django.po`` to ``django.mo`` beside it."""
    output = BytesIO()
    write_mo(output, read_po(BytesIO(file.read_bytes()), locale=language))
    file.with_suffix(".mo").write_bytes(output.getvalue())


def compile_browser(file: Path, *, language: str) -> None:
    """From ``djangojs.po`` to ``djangojs.json`` beside it, as ``ui/text.ts`` reads it."""
    catalogue = read_po(BytesIO(file.read_bytes()), locale=language)
    sentences: dict[str, str | list[str]] = {}
    for message in catalogue:
        string = message.string or ""
        forms = [string] if isinstance(string, str) else list(string)
        if message.id and all(forms):
            one = message.id if isinstance(message.id, str) else message.id[0]
            sentences[one] = forms[0] if isinstance(message.id, str) else forms
    document = {"plurals": _plurals(file.read_bytes(), language), "sentences": sentences}
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1)
    file.with_suffix(".json").write_text(f"{text}\n", encoding="utf-8")


def _plurals(po: bytes, language: str) -> str:
    """Which form each n takes, by the rule in the catalogue's head, asked of gettext itself."""
    digits = read_po(BytesIO(po), locale=language)
    digits.add(("one", "many"), [str(form) for form in range(digits.num_plurals)])
    output = BytesIO()
    write_mo(output, digits)
    output.seek(0)
    rule = gettext.GNUTranslations(output)
    return "".join(rule.ngettext("one", "many", n) for n in range(COUNTED))
