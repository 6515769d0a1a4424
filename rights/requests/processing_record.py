"""The record of processing activities (Art. 30 GDPR), made from the registries each time it is
asked for: what is done and why, what is kept and until when, and who else gets any of it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext

from pocketvault.kernel.custody import custodians
from pocketvault.kernel.purposes import all_purposes
from rights.letters.writing import Letter, Paragraph, Shape
from rights.models import Processor

COLUMNS = ("part", "name", "what", "data", "legal basis", "kept", "who", "country")
# A cell that begins so would be a formula to a program that opens tables.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the record."""

    part: str
    name: str
    what: str
    data: str = ""
    legal_basis: str = ""
    kept: str = ""
    who: str = ""
    country: str = ""

    def cells(self) -> tuple[str, ...]:
        """In the order of `COLUMNS`."""
        return (
            self.part, self.name, self.what, self.data, self.legal_basis, self.kept, self.who,
            self.country,
        )  # fmt: skip


def rows() -> Iterator[Row]:
    """Purposes, what is kept, processors, and how it is kept safe."""
    yield Row(
        part="controller", name=settings.PUBLIC_URL,
        what=gettext("Keeps people's photos, which only they can open"),
    )
    for purpose in all_purposes():
        yield Row(
            part="purpose", name=purpose.name, what=gettext(purpose.title),
            data=", ".join(purpose.categories), legal_basis=purpose.legal_basis,
            kept=gettext(purpose.retention), who=gettext("account holders, and whom they chose"),
        )
    for custodian in custodians():
        for keeping in custodian.keeps:
            yield Row(
                part="record", name=f"{custodian.app_label}.{keeping.model}",
                what=gettext("Kept in the database"), data=", ".join(keeping.categories),
                legal_basis=keeping.legal_basis, kept=gettext(keeping.retention),
            )
    for each in Processor.objects.order_by("name"):
        yield Row(
            part="processor", name=each.name, what=each.role, data=each.data,
            kept=f"{each.contract_from} - {each.contract_until}", country=each.country,
        )
    yield Row(
        part="safeguard", name="Art. 32",
        what=gettext(
            "Photos are encrypted on people's devices; what leads to a key is sealed under a key "
            "that is destroyed within 22 days; TLS 1.3; a second factor at the desk"
        ),
    )


def as_csv() -> bytes:
    """As a table, for whoever keeps all such records in one place."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([cell_of(cell) for cell in row.cells()] for row in rows())
    return out.getvalue().encode("utf-8-sig")


def as_letter() -> Letter:
    """As a document to be printed, for an authority that asks for it (Art. 30(4))."""
    paragraphs = [Paragraph(Shape.TEXT, (f"{settings.PUBLIC_URL}, {timezone.now():%Y-%m-%d}",))]
    part = ""
    for row in rows():
        if row.part != part:
            part = row.part
            paragraphs.append(Paragraph(Shape.HEADING, (part.capitalize(),)))
        facts = tuple(
            f"{column}: {cell}"
            for column, cell in zip(COLUMNS[2:], row.cells()[2:], strict=True)
            if cell
        )
        paragraphs += [Paragraph(Shape.TEXT, (row.name,)), Paragraph(Shape.ITEMS, facts)]
    return Letter(
        template="record-of-processing", language="en", paragraphs=tuple(paragraphs),
        subject=gettext("Record of processing activities (Art. 30 GDPR)"),
    )


def cell_of(text: str) -> str:
    """A text as a cell of a table that no program takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
