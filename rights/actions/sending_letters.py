"""Letters on their way to people."""

from __future__ import annotations

from accounts.actions.mailing import Attachment, queue_letter
from rights.letters.marking import as_html
from rights.letters.writing import Letter, keep_letter

_PRINTER = "rights.letters.printing.print_kept"


def send_letter(letter: Letter, *, email: str, has_pdf: bool = True, reply_to: str = "") -> None:
    """Owe a letter as a mail: the same words as text, as HTML, and as a PDF beside them, which
    the worker prints when it sends the mail.

    The caller's transaction decides. Whoever sends it keeps ``letter.template`` and
    ``letter.digest``, so that what was sent can be shown and proved. Answers to it go to
    ``reply_to``, or to whom our mails are from.
    """
    files: tuple[Attachment, ...] = ()
    if has_pdf:
        file = Attachment(
            name=f"{letter.template}.pdf", media_type="application/pdf", made_by=_PRINTER,
            document=keep_letter(letter),
        )
        files = (file,)
    queue_letter(
        email=email, subject=letter.subject, text=letter.text, html=as_html(letter), files=files,
        reply_to=reply_to,
    )
