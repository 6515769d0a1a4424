"""Does one deed of the desk that writes to somebody, or sends what is owed, in a process of its
own, and kills itself (SIGKILL) right before the step it is told: a statement of the database, a
commit, a flush, a rename, and before and after a mail leaves. Told none, it goes through to the
end and says how many steps there were.

    deed NAME CASE ACTOR | send

A deed that was done already is refused, or changes nothing; both end well here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import django

django.setup()

from django.core.mail import EmailMessage  # noqa: E402 - Django must be set up first
from django.core.mail.backends.filebased import EmailBackend  # noqa: E402

from accounts.actions.mailing import send_mail  # noqa: E402
from accounts.models import Account, OutgoingMail  # noqa: E402
from pocketvault.kernel.errors import VaultError  # noqa: E402
from rights.legal.actions import telling  # noqa: E402
from rights.models import ReportCase  # noqa: E402
from rights.reports.actions import answering, deciding, opening, reconsidering  # noqa: E402
from rights.requests.actions import handling, reminding  # noqa: E402
from rights.takedown.actions import sending  # noqa: E402
from tests.faults.dying import fork_for, stepping  # noqa: E402
from tests.rights.making_reports import COUNTER  # noqa: E402

WHY = "Because it is so."
Deed = Callable[[UUID, Account], object]
DEEDS: dict[str, Deed] = {
    "answer": lambda pk, who: handling.answer_request(pk, "Gone.", actor=who, reason=WHY),
    "refuse": lambda pk, who: handling.refuse_request(
        pk, "unfounded", "No.", actor=who, reason=WHY
    ),
    "extend": lambda pk, who: handling.extend_request(pk, "A lot.", actor=who, reason=WHY),
    "identity": lambda pk, who: handling.ask_identity(pk, "Who?", actor=who, reason=WHY),
    "confirm": lambda pk, who: handling.confirm_receipt(pk, actor=who, reason=WHY),
    "remind": lambda _, __: reminding.remind_of_requests(),
    "withhold": lambda pk, who: deciding.withhold_reported(
        pk, ground="copyright", facts=WHY, actor=who
    ),
    "dismiss": lambda pk, who: deciding.dismiss_report(pk, reason=WHY, actor=who),
    "ask": lambda pk, who: deciding.ask_reporter(pk, question=WHY, actor=who),
    "escalate": lambda pk, who: deciding.escalate_report(pk, reason=WHY, actor=who),
    "reinstate": lambda pk, who: deciding.reinstate_reported(pk, reason=WHY, actor=who),
    "counter": lambda pk, _: answering.counter(pk, COUNTER, actor=_owner(pk)),
    "complain": lambda pk, _: answering.complain(pk, WHY, actor=_owner(pk)),
    "complain-of-dismissal": lambda pk, _: reconsidering.complain_of_dismissal(pk, WHY),
    "alarm": lambda _, __: opening.sound_alarms(),
    "notice": lambda pk, _: sending.send_notice_out(pk),
    "reminder": lambda pk, _: sending.remind_receiver(pk),
    "next-level": lambda pk, who: sending.escalate_case(pk, actor_id=who.pk, note=WHY),
    "tell": lambda _, __: telling.tell_everybody_due(),
}  # fmt: skip


def _owner(case_id: UUID) -> Account:
    case = ReportCase.objects.get(pk=case_id)
    return Account.objects.get(pk=case.owner_id)


def deed(name: str, case_id: str, actor_id: str) -> None:
    with suppress(VaultError):
        DEEDS[name](UUID(case_id), Account.objects.get(pk=UUID(actor_id)))


def send() -> None:
    """As the worker does: one owed mail after the other."""
    for mail_id in OutgoingMail.objects.order_by("pk").values_list("pk", flat=True):
        send_mail(mail_id)


def _hand_over(backend: EmailBackend, letters: Sequence[EmailMessage]) -> int:
    """What a mail server does: it has the letter, or it does not."""
    folder = Path(os.environ["VAR_DIR"]) / "handed-over"
    folder.mkdir(exist_ok=True)
    for letter in letters:
        path = folder / f"{len(list(folder.iterdir())):05}.eml"
        path.write_bytes(letter.message().as_bytes())
    return len(letters)


EmailBackend.send_messages = stepping(_hand_over)  # type: ignore[method-assign,assignment]
os.fdatasync = stepping(os.fdatasync)
os.link = stepping(os.link)
Path.replace = stepping(Path.replace)  # type: ignore[method-assign]
Path.unlink = stepping(Path.unlink)  # type: ignore[method-assign]
fork_for(lambda act, *words: {"deed": deed, "send": send}[act](*words))
