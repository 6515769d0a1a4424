"""A letter as PDF, where one is asked for now and then.

What draws it brings a library for pictures along, which a web process loads with the first
letter that somebody asks it for, and never before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.utils.module_loading import import_string

from rights.letters.writing import Letter


def pdf_of(letter: Letter) -> bytes:
    """The letter on A4, the same bytes for the same letter."""
    draw = cast("Callable[[Letter], bytes]", import_string("rights.letters.printing.as_pdf"))
    return draw(letter)
