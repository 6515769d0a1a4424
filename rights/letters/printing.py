"""A letter as HTML for mail, and as PDF for paper."""

from __future__ import annotations

import io
from html import escape
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import ListFlowable, ListItem, SimpleDocTemplate, Spacer
from reportlab.platypus import Paragraph as Flow

from rights.letters.writing import Letter, Paragraph, Shape

MARGIN = 22 * mm
_TEXT = ParagraphStyle("text", fontName="Helvetica", fontSize=10.5, leading=15, spaceAfter=8)
_HEAD = ParagraphStyle("head", _TEXT, fontName="Helvetica-Bold", spaceBefore=6, spaceAfter=4)
_TITLE = ParagraphStyle("title", _HEAD, fontSize=15, leading=20, spaceAfter=14)


def as_html(letter: Letter) -> str:
    """A whole page without style or script, so that every reader of mail shows it alike."""
    body = format_html_join("\n", "{}", ((_html_of(each),) for each in letter.paragraphs))
    page = '<!doctype html>\n<html lang="{}"><meta charset="utf-8"><title>{}</title>\n<body>\n{}\n'
    return format_html(page + "</body></html>\n", letter.language, letter.subject, body)


def as_pdf(letter: Letter) -> bytes:
    """On A4, the same bytes for the same letter: no date and no chance in it."""
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN,
        bottomMargin=MARGIN, title=letter.subject, author="PocketVault", lang=letter.language,
        invariant=1,
    )
    parts: list[Any] = [Flow(escape(letter.subject), _TITLE)]
    for paragraph in letter.paragraphs:
        parts.extend(_flows_of(paragraph))
    document.build(parts)
    return out.getvalue()


def _html_of(paragraph: Paragraph) -> SafeString:
    if paragraph.shape is Shape.HEADING:
        return format_html("<h2>{}</h2>", paragraph.lines[0])
    if paragraph.shape is Shape.ITEMS:
        items = format_html_join("", "<li>{}</li>", ((line,) for line in paragraph.lines))
        return format_html("<ul>{}</ul>", items)
    return format_html("<p>{}</p>", paragraph.lines[0])


def _flows_of(paragraph: Paragraph) -> list[Any]:
    if paragraph.shape is Shape.HEADING:
        return [Flow(escape(paragraph.lines[0]), _HEAD)]
    if paragraph.shape is Shape.ITEMS:
        items: list[Any] = [ListItem(Flow(escape(line), _TEXT)) for line in paragraph.lines]
        return [ListFlowable(items, bulletType="bullet"), Spacer(1, 4)]
    return [Flow(escape(paragraph.lines[0]), _TEXT)]
