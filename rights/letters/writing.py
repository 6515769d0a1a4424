"""From a template and what to fill in to a letter.

A template is ``templates/rights/letters/NAME-vN.txt``, and what was sent once is never changed:
a new wording is a new version. Its first line is the subject, then a blank line, then paragraphs
divided by blank lines. A paragraph that begins with ``## `` is a heading; one whose lines all
begin with ``- `` is a list. Nothing else means anything, so that what people write into a
letter can never become markup.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.template import Context
from django.template.loader import get_template
from django.utils.translation import get_language, override


class Shape(Enum):
    """What a paragraph is."""

    TEXT = "text"
    HEADING = "heading"
    ITEMS = "items"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One part of a letter; ``lines`` are the items of a list, else one line."""

    shape: Shape
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter in one language. ``template`` is its name with the version."""

    template: str
    language: str
    subject: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def text(self) -> str:
        """As plain text."""
        return "\n\n".join(map(_as_text, self.paragraphs)) + "\n"

    @property
    def digest(self) -> bytes:
        """SHA-256 of subject and text: what a case keeps of a letter it sent."""
        return hashlib.sha256(f"{self.subject}\n\n{self.text}".encode()).digest()


def write_letter(
    name: str, version: int, values: Mapping[str, object], *, language: str | None = None
) -> Letter:
    """Fill in ``NAME-vN.txt``. Values are text; none is escaped, since none is markup."""
    template = f"{name}-v{version}"
    spoken = language or get_language() or "en"
    plain = {key: _plain(value) for key, value in values.items()}
    with override(spoken):
        found: Any = get_template(f"rights/letters/{template}.txt")
        # Nothing to escape: it is no markup yet. HTML and PDF escape all of it.
        written: str = found.template.render(Context(plain, autoescape=False))
    subject, _, body = written.strip().partition("\n")
    paragraphs = tuple(_paragraph(part) for part in body.split("\n\n") if part.strip())
    return Letter(
        template=template, language=spoken, subject=" ".join(subject.split()),
        paragraphs=paragraphs,
    )


def keep_letter(letter: Letter) -> str:
    """A letter as JSON, whole: from it, it can be shown and printed again as it was."""
    parts = [[each.shape.value, list(each.lines)] for each in letter.paragraphs]
    return json.dumps({
        "template": letter.template, "language": letter.language, "subject": letter.subject,
        "paragraphs": parts,
    })  # fmt: skip


def read_letter(document: str | bytes) -> Letter:
    """What `keep_letter` kept."""
    kept = json.loads(document)
    return Letter(
        template=kept["template"], language=kept["language"], subject=kept["subject"],
        paragraphs=tuple(
            Paragraph(Shape(shape), tuple(lines)) for shape, lines in kept["paragraphs"]
        ),
    )  # fmt: skip


def _plain(value: object) -> object:
    """What somebody wrote, on one line and without the signs that would make it a heading or a
    list. Lists of such are for loops of the template.
    """
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if not isinstance(value, str):
        return value
    return " ".join(value.split()).removeprefix("## ").removeprefix("- ")


def _paragraph(part: str) -> Paragraph:
    lines = [line.strip() for line in part.strip().splitlines()]
    if lines[0].startswith("## "):
        return Paragraph(Shape.HEADING, (" ".join(lines).removeprefix("## "),))
    if all(line.startswith("- ") for line in lines):
        return Paragraph(Shape.ITEMS, tuple(line.removeprefix("- ") for line in lines))
    return Paragraph(Shape.TEXT, (" ".join(lines),))


def _as_text(paragraph: Paragraph) -> str:
    if paragraph.shape is Shape.ITEMS:
        return "\n".join(f"- {line}" for line in paragraph.lines)
    return paragraph.lines[0]
