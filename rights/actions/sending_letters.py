"""Letters on their way to people."""

from __future__ import annotations

from accounts.actions.mailing import Attachment, queue_letter
from rights.letters.printing import as_html, as_pdf
from rights.letters.writing import Letter


def send_letter(letter: Letter, *, email: str, has_pdf: bool = True) -> None:
    """Owe a letter as a mail: the same words as text, as HTML, and as a PDF beside them.

    The caller's transaction decides. Whoever sends it keeps ``letter.template`` and
    ``letter.digest``, so that what was sent can be shown and proved.
    """
    files: tuple[Attachment, ...] = ()
    if has_pdf:
        name = f"{letter.template}.pdf"
        files = (Attachment(name=name, media_type="application/pdf", data=as_pdf(letter)),)
    queue_letter(
        email=email, subject=letter.subject, text=letter.text, html=as_html(letter), files=files
    )
