"""What was done in cases since a backup is there again after it was restored."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Account, OutgoingMail, Role, StaffRole
from pocketvault.kernel import clock, journal
from pocketvault.kernel.blobs import store
from pocketvault.kernel.fields import from_base64url
from pocketvault.kernel.sealing import SealedModel
from rights.actions import backups, restoring
from rights.actions.case_journal import CHANGED, bring_back, journaled, mark_changed
from rights.actions.looking import note_look
from rights.actions.replaying import CASES, replay_since
from rights.custody import RightsCustodian
from rights.legal.actions.deciding import approve_order, review_order
from rights.legal.actions.gagging import approve_renewal, propose_renewal, release_gag
from rights.legal.actions.noting import ORDERS
from rights.legal.actions.noting import note as note_order
from rights.legal.actions.telling import tell_everybody_due
from rights.legal.papers import Paper
from rights.legal.reading import is_gagged
from rights.models import (
    DataRequest,
    DeskLook,
    LegalOrder,
    LookedAt,
    OrderEvent,
    OrderGag,
    OrderNotice,
    Outcome,
    ReportCase,
    ReportState,
    RequestKind,
    RequestState,
    Takedown,
    TakedownLetter,
    TakedownStep,
)
from rights.reports.actions import answering, deciding
from rights.requests.actions import handling, opening
from rights.requests.actions.reminding import remind_of_requests
from rights.requests.errors import RequestOverError
from rights.requests.writing import Asking
from rights.takedown.actions.sending import send_notice_out
from rights.takedown.actions.tending import owe_what_is_due
from sharing.models import BlockedPicture, Profile, Publication, PublicReport, ReportReason
from tests.factories import make_account
from tests.rights.local_site import local_site
from tests.rights.making_legal import (
    WHY,
    approved,
    approves,
    check_all,
    gag,
    order_about,
    reviews,
    take_in,
)
from tests.rights.making_reports import COUNTER, publisher, reported, shown, worker
from tests.rights.making_requests import make_request
from tests.rights.making_takedown import gathered, signed
from tests.rights.making_takedown import reported as reported_elsewhere
from tests.rights.places import backed_up, own_places, restored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_places")]
__all__ = ["own_places"]
DAY = timedelta(days=1)


def everything() -> dict[str, list[str]]:
    """Every row of every table of a case, with what is sealed in it opened."""
    tables = {model for kind in CASES.values() for model, _ in kind.all_parts()}
    tables |= {kind.root for kind in CASES.values()} | {PublicReport}
    return {
        model._meta.label: sorted(map(_told, model._default_manager.all())) for model in tables
    }


def _told(row: Any) -> str:
    own = {"sealed", "epoch_number"} | ({"id"} if row._meta.auto_field else set())
    facts = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
    told = {name: _plain(value) for name, value in facts.items() if name not in own}
    if isinstance(row, SealedModel):
        told["words"] = row.open().hex()
    return json.dumps(told, cls=_Exact, sort_keys=True)


def _plain(value: object) -> object:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else value


class _Exact(DjangoJSONEncoder):
    """Times to the microsecond, which the one of Django's cuts."""

    def default(self, o: object) -> object:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def publishing() -> Account:
    """Somebody new with an open profile."""
    name = f"marit{Profile.objects.count()}"
    return publisher(f"{name}@example.org", name)


def an_order_that_is_decided(alice: Account) -> Callable[[], object]:
    order = order_about(alice, gag=gag(3))
    check_all(order)

    def act() -> None:
        review_order(order.pk, Outcome.NARROW, ["subscriber"], reason=WHY, session=reviews())
        approve_order(order.pk, reason=WHY, session=approves())
        paper = Paper("renewal.pdf", b"%PDF renewed")
        renewal = propose_renewal(order.pk, gag(60), paper, reason=WHY, session=take_in())
        approve_renewal(renewal.pk, reason=WHY, session=approves())

    return act


def an_order_that_is_new(alice: Account) -> Callable[[], object]:
    return lambda: approved(order_about(alice, gag=gag(3)))


def an_order_that_is_told(alice: Account) -> Callable[[], object]:
    order = order_about(alice, gag=gag(3))
    check_all(order)

    def act() -> None:
        release_gag(order.pk, reason=WHY, session=reviews())
        assert tell_everybody_due() == 1

    return act


def a_report_that_is_decided(alice: Account) -> Callable[[], object]:
    del alice
    case = reported(shown(publishing(), pdq=bytes(range(32))), ReportReason.MINE)

    def act() -> None:
        rita, rolf = worker("rita-reviews@example.org"), worker("rolf@example.org")
        deciding.withhold_reported(case.pk, ground="copyright", facts="It is hers.", actor=rita)
        owner = Account.objects.get(pk=case.owner_id)
        answering.complain(case.pk, "It is mine.", actor=owner)
        answering.decide_complaint(case.pk, is_upheld=False, reason="No.", actor=rolf)
        answering.counter(case.pk, COUNTER, actor=owner)

    return act


def a_report_that_is_new(alice: Account) -> Callable[[], object]:
    del alice
    photo = shown(publishing())
    return lambda: reported(photo, ReportReason.MINE)


def a_report_that_is_reversed(alice: Account) -> Callable[[], object]:
    del alice
    case = reported(shown(publishing(), pdq=bytes(range(32))))
    rita = worker("rita-reviews@example.org")
    deciding.withhold_reported(case.pk, ground="privacy", facts="She is in it.", actor=rita)
    return lambda: deciding.reinstate_reported(case.pk, reason="She agreed.", actor=rita)


def a_request_that_is_answered(alice: Account) -> Callable[[], object]:
    request, grace = make_request(account=alice), worker("grace@example.org", Role.DPO)

    def act() -> None:
        handling.extend_request(request.pk, "It is a lot.", actor=grace, reason=WHY)
        handling.answer_request(request.pk, "It is erased.", actor=grace, reason=WHY)

    return act


def a_request_of_a_guest(alice: Account) -> Callable[[], object]:
    del alice
    asking = Asking(email="zoe@example.org", name="Zoë", text="Am I in one?", language="en-gb")
    return lambda: opening.open_for_guest("access", "gdpr", asking, once=b"o" * 32)


def a_takedown_that_is_sent(alice: Account) -> Callable[[], object]:
    case = reported_elsewhere(alice, "http://copies.example.org/page")

    def act() -> None:
        with local_site() as site:
            site.shows("/page", b"<html>nothing</html>")
            gathered(case, site)
        signed(case)
        send_notice_out(case.pk)

    return act


STORIES = [
    an_order_that_is_decided, an_order_that_is_new, an_order_that_is_told,
    a_report_that_is_decided, a_report_that_is_new, a_report_that_is_reversed,
    a_request_that_is_answered, a_request_of_a_guest, a_takedown_that_is_sent,
]  # fmt: skip


@pytest.fixture
def acts(alice: Account) -> list[Callable[[], object]]:
    """One of each that has begun."""
    return [story(alice) for story in STORIES]


def test_every_case_is_what_it_was(acts: list[Callable[[], object]]) -> None:
    """Row for row and word for word, and also when it is done again once more."""
    path = backed_up()
    for act in acts:
        before = everything()
        act()
        assert everything() != before
    after = everything()

    with restored(path) as outcome:
        assert everything() == after
        restoring.replay(outcome.made_at, accepts_gap=False, known=[])
        assert everything() == after


@contextmanager
def lost() -> Iterator[None]:
    """What is done inside is forgotten by the database, as by a backup from before, and not by
    the journal.
    """
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def again(made_at: datetime | None = None) -> int:
    """Do again what the journal knows, as a restore does; how much that was."""
    now = timezone.now()
    notes = journal.notes_since(now - DAY)
    aborted = frozenset[str]().union(*(note.aborted for note in notes))
    return replay_since(made_at or now - DAY, journal.names_since(now - DAY), aborted)


def written() -> list[str]:
    names = journal.names_since(timezone.now() - DAY)
    return [name for name in names if journal.read(name).kind == CHANGED]


def test_without_the_journal_none_would_be(
    acts: list[Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control switched off: so the test above can fail."""
    before = everything()
    monkeypatch.setattr(journal, "write", lambda *_, **__: None)
    with lost():
        for act in acts:
            act()
    again()
    assert everything() == before


def test_a_silence_that_was_renewed_does_not_end_on_its_old_day(alice: Account) -> None:
    order = order_about(alice, gag=gag(3))
    check_all(order)
    with lost():
        paper = Paper("renewal.pdf", b"%PDF renewed")
        renewal = propose_renewal(order.pk, gag(60), paper, reason=WHY, session=take_in())
        approve_renewal(renewal.pk, reason=WHY, session=approves())
    assert not OrderGag.objects.filter(renews=True).exists()

    again()
    start = timezone.now()
    for hours in range(0, 24 * 5, 12):  # a clock that is looked at is believed
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            assert clock.is_believable()
            assert is_gagged(order)
            assert tell_everybody_due() == 0
    assert not OrderNotice.objects.exclude(told_at=None).exists()


def test_nobody_is_told_of_an_order_twice(alice: Account, grace: Account) -> None:
    """Nor are the looks at it kept from them, which a backup knows as hidden."""
    order = order_about(alice, gag=gag(3))
    check_all(order)
    note_look(alice.pk, LookedAt.ORDER, actor=grace, case_id=order.pk, is_gagged=True)
    with lost():
        release_gag(order.pk, reason=WHY, session=reviews())
        assert tell_everybody_due() == 1

    again()
    owed = OutgoingMail.objects.count()
    assert tell_everybody_due() == 0
    assert OutgoingMail.objects.count() == owed
    assert DeskLook.objects.get(case_id=order.pk).shown_from is not None


def test_a_silence_that_goes_on_keeps_its_looks_hidden(alice: Account, grace: Account) -> None:
    order = order_about(alice, gag=gag(3))
    note_look(alice.pk, LookedAt.ORDER, actor=grace, case_id=order.pk, is_gagged=True)
    with lost():
        check_all(order)
    again()
    assert DeskLook.objects.get(case_id=order.pk).shown_from is None


def test_three_people_decided_and_still_did(alice: Account) -> None:
    """Whoever got the role after the backup has none on the restored database, which has to know
    all the same who decided; and it guards what came back as before.
    """
    path = backed_up()
    order = approved(order_about(alice))

    with restored(path):
        assert not StaffRole.objects.exists()
        back = LegalOrder.objects.get()
        people = {back.intake_id, back.reviewer_id, back.approver_id}
        assert people == {order.intake_id, order.reviewer_id, order.approver_id}
        for change in (
            {"approved_at": timezone.now()}, {"outcome": Outcome.REJECT},
            {"reviewer_id": alice.pk}, {"due_at": timezone.now()},
        ):  # fmt: skip
            with pytest.raises(IntegrityError), transaction.atomic():
                LegalOrder.objects.filter(pk=back.pk).update(**change)
        with pytest.raises(IntegrityError), transaction.atomic():
            OrderEvent.objects.filter(order=back).update(tag="nothing")
        with pytest.raises(IntegrityError), transaction.atomic():
            back.delete()


def test_a_strike_and_what_it_bars_from_are_there_again() -> None:
    owner, rita = publishing(), worker("rita-reviews@example.org")
    cases = [reported(shown(owner, each), ReportReason.MINE) for each in range(1, 4)]
    with lost():
        for case in cases:
            deciding.withhold_reported(case.pk, ground="copyright", facts="Hers.", actor=rita)
        barred = Profile.objects.get(pk=owner.pk).barred_until

    assert again()
    assert barred is not None
    assert Profile.objects.get(pk=owner.pk).barred_until == barred
    assert ReportCase.objects.filter(state=ReportState.WITHHELD).count() == 3
    assert not Publication.objects.filter(withheld_at=None).exists()


def test_a_strike_that_was_cancelled_bars_from_nothing() -> None:
    owner, rita = publishing(), worker("rita-reviews@example.org")
    cases = [reported(shown(owner, each), ReportReason.MINE) for each in range(1, 4)]
    for case in cases:
        deciding.withhold_reported(case.pk, ground="copyright", facts="Hers.", actor=rita)
    with lost():
        deciding.reinstate_reported(cases[0].pk, reason="It is his.", actor=rita)

    again()
    assert Profile.objects.get(pk=owner.pk).barred_until is None


def test_a_block_that_was_lifted_by_another_case_stays_lifted() -> None:
    """A complaint of a refusal lifts what other cases blocked, and those hear of nothing else."""
    owner, picture = publishing(), bytes(range(32))
    rita, rolf = worker("rita-reviews@example.org"), worker("rolf@example.org")
    first = reported(shown(owner, pdq=picture))
    deciding.withhold_reported(first.pk, ground="privacy", facts="Her.", actor=rita)
    refused = shown(owner, 2, pdq=picture)
    Publication.objects.filter(pk=refused.pk).update(state="refused", refusal="withheld_before")
    case = answering.complain_of_refusal(refused.pk, "It is not.", actor=owner)
    with lost():
        answering.decide_complaint(case.pk, is_upheld=True, reason="It is not.", actor=rolf)
    assert BlockedPicture.objects.exists()

    again()
    assert not BlockedPicture.objects.exists()


def test_no_letter_goes_out_twice_and_no_clock_is_lost(alice: Account, grace: Account) -> None:
    request = make_request(account=alice)
    open_one = make_request(account=alice, kind=RequestKind.ACCESS)
    with lost():
        handling.answer_request(request.pk, "It is erased.", actor=grace, reason=WHY)
        handling.extend_request(open_one.pk, "It is a lot.", actor=grace, reason=WHY)
        due = DataRequest.objects.get(pk=open_one.pk).due_at

    again()
    assert DataRequest.objects.get(pk=request.pk).state == RequestState.ANSWERED
    assert DataRequest.objects.get(pk=open_one.pk).due_at == due
    with time_machine.travel(timezone.now() + 10 * DAY, tick=False):
        assert remind_of_requests() == 0
    with pytest.raises(RequestOverError):
        handling.answer_request(request.pk, "Again.", actor=grace, reason=WHY)


def test_a_notice_that_was_sent_is_not_sent_again(alice: Account) -> None:
    act = a_takedown_that_is_sent(alice)
    with lost():
        act()
    again()
    owe_what_is_due()
    send_notice_out(Takedown.objects.get().pk)
    assert TakedownLetter.objects.count() == 1
    assert Takedown.objects.get().step == TakedownStep.SENT


def test_words_of_somebody_who_left_do_not_come_back(alice: Account) -> None:
    """Said and erased a moment before the backup, whose journal goes back a little further."""
    request = make_request(account=alice)
    case = reported(shown(publishing()), ReportReason.MINE)
    check_all(order_about(alice))
    assert tell_everybody_due() == 1
    for person in (alice.pk, case.owner_id):
        assert person is not None
        RightsCustodian().erase(person)
    left = everything()

    assert again(made_at=timezone.now())
    assert everything() == left
    assert DataRequest.objects.get(pk=request.pk).open() == b""
    assert not OrderNotice.objects.exists()


def answer_and_roll_back(request: DataRequest, actor: Account) -> None:
    with lost():
        handling.answer_request(request.pk, "Nothing.", actor=actor, reason=WHY)


def test_what_was_rolled_back_is_not_done(alice: Account, grace: Account) -> None:
    request = make_request(account=alice)
    answer_and_roll_back(request, grace)
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        backups.settle_journal()
    again()
    assert DataRequest.objects.get(pk=request.pk).state == RequestState.OPEN


def test_what_happened_is_not_taken_for_rolled_back(alice: Account, grace: Account) -> None:
    request = make_request(account=alice)
    with lost():
        handling.answer_request(request.pk, "It is erased.", actor=grace, reason=WHY)
        with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
            backups.settle_journal()
    again()
    assert DataRequest.objects.get(pk=request.pk).state == RequestState.ANSWERED


def test_an_attempt_that_nobody_settled_gives_way_to_the_next(
    alice: Account, grace: Account
) -> None:
    """Refused at its end, and done anew: there is one history, that of what was done."""
    request = make_request(account=alice)
    answer_and_roll_back(request, grace)
    with lost():
        handling.close_request(request.pk, "It was withdrawn.", actor=grace, reason=WHY)
        after = everything()
    again()
    assert everything() == after


def test_an_older_state_never_replaces_a_newer(alice: Account, grace: Account) -> None:
    """Whatever the order in which two processes wrote within one second."""
    request = make_request(account=alice)
    handling.reassign_request(request.pk, grace.pk, actor=grace, reason=WHY)
    handling.close_request(request.pk, "It was withdrawn.", actor=grace, reason=WHY)
    after = everything()
    with journal.silence():
        for name in reversed(written()):
            facts = journal.read(name).facts
            bring_back(CASES[facts["case"]], facts, is_before=False)
    assert everything() == after


def test_the_same_form_after_a_rollback_stops_no_restore(alice: Account) -> None:
    send = a_request_of_a_guest(alice)
    for _ in range(2):
        with lost():
            send()
    assert again() == 2
    assert DataRequest.objects.count() == 1


def test_a_takedown_of_somebody_whom_the_backup_does_not_know_stops_nothing(
    alice: Account,
) -> None:
    with lost():
        reported_elsewhere(make_account("new@example.org"))
        mine = reported_elsewhere(alice)
    again()
    assert [case.pk for case in Takedown.objects.all()] == [mine.pk]


def test_a_case_that_changes_unheard_is_refused(alice: Account) -> None:
    order = order_about(alice)
    with pytest.raises(RuntimeError, match="order"):
        note_order(order, "quietly", actor=None)
    with pytest.raises(RuntimeError):
        mark_changed(ORDERS, order.pk)


@journaled()
def note_and_fail(order: LegalOrder) -> None:
    note_order(order, "tried", actor=None)
    raise ValueError("too late")


def test_what_failed_leaves_nothing_in_the_journal(alice: Account) -> None:
    order = order_about(alice)
    known = len(written())
    with pytest.raises(ValueError, match="late"):
        note_and_fail(order)
    assert len(written()) == known
    assert OrderEvent.objects.filter(order=order).count() == 1


def test_what_people_wrote_is_sealed_in_the_journal(alice: Account) -> None:
    """Like everything else there: by the epoch's key, and for no longer than it lives."""
    request = make_request(account=alice)
    [*_, name] = written()
    raw, facts = b"".join(store().read(name)), journal.read(name).facts
    [words] = [row["words"] for row in facts["rows"] if row["model"] == "rights.datarequest"]
    assert from_base64url(words) == request.open()
    assert b"rights.datarequest" not in raw
    assert words.encode() not in raw
