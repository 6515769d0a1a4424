"""A letter as PDF, for paper.

Only workers load this, and the desk where somebody asks for a document: the library behind it
brings one for pictures along.
"""

from __future__ import annotations

import io
from html import escape
from typing import Any

from django.utils.translation import gettext, gettext_noop, override
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import ListFlowable, ListItem, SimpleDocTemplate, Spacer
from reportlab.platypus import Paragraph as Flow

from rights.letters.typefaces import BASE, Run, load, runs_of
from rights.letters.writing import Letter, Paragraph, Shape, read_letter

MARGIN = 22 * mm
_TEXT = ParagraphStyle("text", fontName=BASE.name, fontSize=10, leading=15, spaceAfter=8)
_HEAD = ParagraphStyle("head", _TEXT, fontSize=12, leading=17, spaceBefore=6, spaceAfter=4)
_TITLE = ParagraphStyle("title", _HEAD, fontSize=16, leading=22, spaceAfter=14)

UNPRINTED = gettext_noop(
    "Where this page shows U+ and a number, the letter has a sign that our typefaces lack. The "
    "mail it came with shows it as it was written."
)


def as_pdf(letter: Letter) -> bytes:
    """On A4, the same bytes for the same letter: no date and no chance in it."""
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN,
        bottomMargin=MARGIN, title=letter.subject, author="PocketVault", lang=letter.language,
        invariant=1,
    )
    load(BASE)
    parts: list[Any] = [_flow(letter.subject, _TITLE)]
    for paragraph in letter.paragraphs:
        parts.extend(_flows_of(paragraph))
    if not all(map(is_printable, (letter.subject, letter.text.replace("\n", " ")))):
        with override(letter.language):
            parts.append(_flow(gettext(UNPRINTED), _TEXT))
    document.build(parts)
    return out.getvalue()


def print_kept(document: str) -> bytes:
    """As PDF, from what `writing.keep_letter` made of a letter."""
    return as_pdf(read_letter(document))


def is_printable(text: str) -> bool:
    """Whether every sign of it is in a typeface, so that none becomes a black box."""
    return all(run.typeface is not None for run in runs_of(text))


def printable(text: str) -> str:
    """The text, with every run of signs that cannot be printed as their numbers in Unicode."""
    return "".join(run.text if run.typeface else _numbers(run.text) for run in runs_of(text))


def _numbers(run: str) -> str:
    return f"[{' '.join(f'U+{ord(sign):04X}' for sign in run)}]"


def _flow(text: str, style: ParagraphStyle) -> Flow:
    """A paragraph, each run of it in the typeface that has its signs.

    Where signs have to be shaped, the library shapes whole words with the typeface of their first
    sign, so there a comma stands apart from a word that is set in another.
    """
    runs = list(runs_of(text))
    if not any(run.typeface and run.typeface.is_shaped for run in runs):
        return Flow("".join(map(_marked, runs)), style)
    shaped = ParagraphStyle(f"{style.name}-shaped", style, shaping=1)
    return Flow(" ".join(_marked(run).strip(" ") for run in runs), shaped)


def _marked(run: Run) -> str:
    if run.typeface is None:
        return escape(_numbers(run.text))
    if run.typeface is BASE:
        return escape(run.text)
    load(run.typeface)
    # Whatever is written from the right is one word, which is then drawn in its own order.
    text = run.text.replace(" ", "\u00a0") if run.typeface.is_from_right else run.text
    return f'<font name="{run.typeface.name}">{escape(text)}</font>'


def _flows_of(paragraph: Paragraph) -> list[Any]:
    if paragraph.shape is Shape.HEADING:
        return [_flow(paragraph.lines[0], _HEAD)]
    if paragraph.shape is Shape.ITEMS:
        items: list[Any] = [ListItem(_flow(line, _TEXT)) for line in paragraph.lines]
        return [ListFlowable(items, bulletType="bullet"), Spacer(1, 4)]
    return [_flow(paragraph.lines[0], _TEXT)]
