"""Letters on their way: the same words three times, sealed until they are sent."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.actions.housekeeping import purge_expired
from accounts.models import OutgoingMail
from pocketvault.kernel import work
from pocketvault.kernel.models import Job
from rights.actions.sending_letters import send_letter
from rights.letters.writing import Letter, Paragraph, Shape

pytestmark = pytest.mark.django_db

LETTER = Letter(
    template="example-v1",
    language="en",
    subject="What we found",
    paragraphs=(
        Paragraph(Shape.HEADING, ("Dear <Zoë>",)),
        Paragraph(Shape.TEXT, ("We found 3 & a half photos.",)),
        Paragraph(Shape.ITEMS, ("one", "two")),
    ),
)


def test_a_letter_arrives_as_text_as_html_and_as_pdf(mailoutbox):
    send_letter(LETTER, email="zoe@example.org")
    work.run_due_jobs()

    [mail] = mailoutbox
    assert (mail.to, mail.subject, mail.body) == (["zoe@example.org"], LETTER.subject, LETTER.text)
    assert [kind for _, kind in mail.alternatives] == ["text/html"]
    assert "Dear &lt;Zoë&gt;" in mail.alternatives[0][0]
    [(name, data, kind)] = mail.attachments
    assert (name, kind, data[:5]) == ("example-v1.pdf", "application/pdf", b"%PDF-")
    assert not OutgoingMail.objects.exists()


def test_a_letter_without_a_pdf_has_no_file(mailoutbox):
    send_letter(LETTER, email="zoe@example.org", has_pdf=False)
    work.run_due_jobs()

    assert mailoutbox[0].attachments == []


def test_neither_the_job_nor_the_row_says_to_whom_or_what():
    send_letter(LETTER, email="zoe@example.org")

    row = OutgoingMail.objects.get()
    assert b"zoe" not in bytes(row.sealed)
    assert b"Zo" in row.open()
    assert "zoe" not in json.dumps(Job.objects.get(task="accounts.send_mail").arguments)


@pytest.mark.parametrize(("days", "is_kept"), [(4, True), (31, False)])
def test_a_letter_waits_thirty_days_for_a_mail_server_that_is_away(days, is_kept):
    send_letter(LETTER, email="zoe@example.org")

    with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
        purge_expired()

    assert OutgoingMail.objects.exists() is is_kept
