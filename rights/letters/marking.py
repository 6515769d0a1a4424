"""A letter as HTML, for mail."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from rights.letters.writing import Letter, Paragraph, Shape


def as_html(letter: Letter) -> str:
    """A whole page without style or script, so that every reader of mail shows it alike."""
    body = format_html_join("\n", "{}", ((_html_of(each),) for each in letter.paragraphs))
    page = '<!doctype html>\n<html lang="{}"><meta charset="utf-8"><title>{}</title>\n<body>\n{}\n'
    return format_html(page + "</body></html>\n", letter.language, letter.subject, body)


def _html_of(paragraph: Paragraph) -> SafeString:
    if paragraph.shape is Shape.HEADING:
        return format_html("<h2>{}</h2>", paragraph.lines[0])
    if paragraph.shape is Shape.ITEMS:
        items = format_html_join("", "<li>{}</li>", ((line,) for line in paragraph.lines))
        return format_html("<ul>{}</ul>", items)
    return format_html("<p>{}</p>", paragraph.lines[0])
