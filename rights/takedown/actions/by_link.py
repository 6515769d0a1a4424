"""What somebody without an account does with the link to their case. The link is looked at again
under the lock: it may have been ended a moment ago.
"""

from __future__ import annotations

from django.utils.translation import gettext

from accounts import audit
from accounts.actions.mailing import queue_mail
from accounts.audit import AuditTag
from pocketvault.kernel.errors import NotFoundError
from rights.actions.case_journal import journaled
from rights.models import Takedown
from rights.takedown.actions.moving import move_case, note_event, paper_of
from rights.takedown.actions.sending import as_its_person_reads, number_of, tell_person
from rights.takedown.guest_links import case_of_link, link_to
from rights.takedown.machine import Deed

LINKS_ENDED = "links_ended"


@journaled()
def end_by_link(token: str) -> Takedown:
    """Its person ends the case, and gets a mail that says so: the link may have been somebody
    else's by then. Safe to repeat. Raises `NotFoundError`.
    """
    case = _case_of(token)
    if case.closed_at is None:
        case = move_case(case.pk, Deed.WITHDRAW)
        audit.record(AuditTag.TAKEDOWN_ENDED, actor=None, subject_id=case.pk)
        with as_its_person_reads(case):
            happened = gettext(
                "It was closed on its own page. Nobody is reminded any more, and nothing is looked "
                "at again. Letters that went out stay where they are. If it was not you, fill in "
                "the form again."
            )
            tell_person(case, gettext("you closed this case"), happened)
    return case


@journaled()
def renew_link(token: str) -> None:
    """End every link to the case that was mailed before, and mail a new one. Raises
    `NotFoundError`.
    """
    case = _case_of(token)
    case.links_ended += 1
    case.save(update_fields=["links_ended"])
    note_event(case, LINKS_ENDED)
    with as_its_person_reads(case):
        queue_mail(
            "rights.takedown_link", email=paper_of(case).email, number=number_of(case),
            host=case.host, link=link_to(case),
        )


def _case_of(token: str) -> Takedown:
    case = case_of_link(token, is_locked=True)
    if case is None:
        raise NotFoundError
    return case
