"""A job of `sharing.publishing.limited`: a letter as PDF. What draws it brings a library for
pictures along, which no web process carries.
"""

from __future__ import annotations

from rights.letters.printing import as_pdf
from rights.letters.writing import Letter, Paragraph, Shape
from sharing.publishing.framing import Message


def run(request: Message) -> Message:
    """The PDF of the letter in the fields, as the only part."""
    said = request.fields
    paragraphs = said["paragraphs"]
    assert isinstance(paragraphs, list)
    letter = Letter(
        template=str(said["template"]), language=str(said["language"]),
        subject=str(said["subject"]),
        paragraphs=tuple(
            Paragraph(Shape(shape), tuple(map(str, lines))) for shape, lines in paragraphs
        ),
    )  # fmt: skip
    return Message({}, (as_pdf(letter),))
