"""A letter as PDF, for paper.

Only workers load this, and the desk where somebody asks for a document: the library behind it
brings one for pictures along.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable
from functools import cache
from html import escape
from importlib import resources
from itertools import groupby
from typing import Any

from django.utils.translation import gettext, gettext_noop, override
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont, TTFontFile
from reportlab.platypus import ListFlowable, ListItem, SimpleDocTemplate, Spacer
from reportlab.platypus import Paragraph as Flow

from rights.letters.writing import Letter, Paragraph, Shape, read_letter

MARGIN = 22 * mm
# Noto Sans (SIL Open Font License): Latin with all its accents, Greek and Cyrillic.
FONT = "NotoSans"
_FONT_FILE = "files/NotoSans[wdth,wght].ttf"
_TEXT = ParagraphStyle("text", fontName=FONT, fontSize=10, leading=15, spaceAfter=8)
_HEAD = ParagraphStyle("head", _TEXT, fontSize=12, leading=17, spaceBefore=6, spaceAfter=4)
_TITLE = ParagraphStyle("title", _HEAD, fontSize=16, leading=22, spaceAfter=14)
# Its signs for Indian scripts need to be put together, which is not done here.
_NEED_SHAPING = range(0x0900, 0x0E00)


UNPRINTED = gettext_noop(
    "Where this page shows U+ and a number, the letter has a sign that our typeface lacks. The "
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
    parts: list[Any] = [Flow(_printed(letter.subject), _TITLE)]
    for paragraph in letter.paragraphs:
        parts.extend(_flows_of(paragraph))
    if not all(map(is_printable, (letter.subject, letter.text.replace("\n", " ")))):
        with override(letter.language):
            parts.append(Flow(_printed(gettext(UNPRINTED)), _TEXT))
    document.build(parts)
    return out.getvalue()


def print_kept(document: str) -> bytes:
    """As PDF, from what `writing.keep_letter` made of a letter."""
    return as_pdf(read_letter(document))


def is_printable(text: str) -> bool:
    """Whether every sign of it is in the typeface, so that none becomes a black box."""
    known = _signs()
    return all(ord(sign) in known for sign in unicodedata.normalize("NFC", text))


def printable(text: str) -> str:
    """The text, with every run of signs that cannot be printed as their numbers in Unicode."""
    known = _signs()
    runs = groupby(unicodedata.normalize("NFC", text), key=lambda sign: ord(sign) in known)
    return "".join("".join(run) if is_known else _numbers(run) for is_known, run in runs)


@cache
def _signs() -> frozenset[int]:
    """What the typeface has. It is loaded with the first letter."""
    path = resources.files("fontpkg_noto_sans") / _FONT_FILE
    with resources.as_file(path) as file:
        registerFont(TTFont(FONT, str(file)))
        signs = TTFontFile(str(file)).charToGlyph
    return frozenset(signs) - frozenset(_NEED_SHAPING)


def _numbers(run: Iterable[str]) -> str:
    return f"[{' '.join(f'U+{ord(sign):04X}' for sign in run)}]"


def _printed(text: str) -> str:
    return escape(printable(text))


def _flows_of(paragraph: Paragraph) -> list[Any]:
    if paragraph.shape is Shape.HEADING:
        return [Flow(_printed(paragraph.lines[0]), _HEAD)]
    if paragraph.shape is Shape.ITEMS:
        items: list[Any] = [ListItem(Flow(_printed(line), _TEXT)) for line in paragraph.lines]
        return [ListFlowable(items, bulletType="bullet"), Spacer(1, 4)]
    return [Flow(_printed(paragraph.lines[0]), _TEXT)]
