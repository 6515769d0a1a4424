"""Rows of the stock admin's lists, each cell with what its column is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import template
from django.template.defaultfilters import capfirst
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
_CELLS = ("<td", "<th")


@register.filter
def labelled(cells: Iterable[SafeString], headers: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """``{% for cell in row|labelled:headers %}``: on a phone a row is a card, and says by itself
    what each of its cells is.

    :param cells: of one row, as Django made them: ``<td …>…</td>`` or ``<th …>…</th>``.
    :raises ValueError: for a cell that is neither, or a row of another length than its head.
    """
    for cell, header in zip(cells, headers, strict=True):
        begun, rest = cell[:3], cell[3:]
        if begun not in _CELLS:
            raise ValueError("This is no cell of a table.")
        # Django escaped both halves when it made the cell.
        yield format_html(
            '{} data-label="{}"{}',
            mark_safe(begun),  # noqa: S308
            capfirst(header["text"]),
            mark_safe(rest),  # noqa: S308
        )
