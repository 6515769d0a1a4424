"""Rows of the desk's lists: each cell says what its column is called."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils.safestring import mark_safe

from pocketvault.kernel.templatetags.rows import labelled

ROW = [mark_safe('<th class="field-name">a &amp; b</th>'), mark_safe("<td>2</td>")]
HEADERS = [{"text": "name"}, {"text": 'most "ever"'}]


def test_a_cell_says_what_its_column_is_called_and_stays_what_it_was() -> None:
    page = Template("{% load rows %}{% for cell in row|labelled:headers %}{{ cell }}{% endfor %}")

    assert page.render(Context({"row": ROW, "headers": HEADERS})) == (
        '<th data-label="Name" class="field-name">a &amp; b</th>'
        '<td data-label="Most &quot;ever&quot;">2</td>'
    )


def test_what_is_no_cell_and_a_row_of_another_length_are_mistakes() -> None:
    with pytest.raises(ValueError, match="no cell"):
        list(labelled([mark_safe("<script>")], HEADERS[:1]))
    with pytest.raises(ValueError, match="zip"):
        list(labelled(ROW, HEADERS[:1]))
