"""A case from its report to the verified removal, and every way beside it."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.utils import timezone
from PIL import Image as Picture
from pytest_django import Settings

from accounts.actions.mailing import send_mail
from accounts.models import Account, OutgoingMail
from images.models import DiscardedBlob, PassingBlob
from pocketvault.kernel import work
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.models import Job
from rights.custody import RightsCustodian
from rights.models import (
    EvidenceKind,
    LetterKind,
    Takedown,
    TakedownEvidence,
    TakedownLetter,
    TakedownLevel,
    TakedownStep,
    TargetState,
)
from rights.takedown import schedule
from rights.takedown.actions.checking import check_copies
from rights.takedown.actions.drafting import draft_notice, note_answer, sign_notice
from rights.takedown.actions.gathering import gather_evidence
from rights.takedown.actions.moving import move_case
from rights.takedown.actions.reporting import Report, report_copies, withdraw_case
from rights.takedown.actions.sending import (
    escalate_case,
    note_sent_by_hand,
    remind_receiver,
    send_notice_out,
)
from rights.takedown.actions.tending import owe_what_is_due
from rights.takedown.bundle import bundle_of
from rights.takedown.errors import BadAddressError, NotNowError, WrongSignatureError
from rights.takedown.evidence import read_piece
from rights.takedown.machine import TRANSITIONS, Deed, step_after
from sharing.alike import HASH_BYTES
from sharing.hashes import ways_of_picture
from tests.rights.drawing import drawn
from tests.rights.local_site import Site, local_site
from tests.rights.making_takedown import PAGE, PAPER, fresh, gathered, reported, sent, signed

pytestmark = pytest.mark.django_db

IMAGE = "http://copies.example.org/copy.jpg"


def jpeg(kind: str, width: int = 640, height: int = 480, quality: int = 80) -> bytes:
    out = io.BytesIO()
    Picture.fromarray(drawn(width, height, kind)).save(out, "JPEG", quality=quality)
    return out.getvalue()


COPY, OTHER = jpeg("blocks"), jpeg("rings")


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


@pytest.fixture
def site() -> Iterator[Site]:
    with local_site() as each:
        each.shows("/copy.jpg", COPY, "image/jpeg")
        each.shows("/page", b'<html><img src="/copy.jpg"><img src="/other.jpg"></html>')
        each.shows("/other.jpg", OTHER, "image/jpeg")
        yield each


@pytest.fixture
def mine() -> bytes:
    """The hash of the person's own, larger picture."""
    found = ways_of_picture(jpeg("blocks", 1280, 960, 95))
    assert found
    return found[:HASH_BYTES]


def tags(case: Takedown) -> list[str]:
    return [event.tag for event in case.events.order_by("pk")]


def mails() -> list[str]:
    for row in OutgoingMail.objects.order_by("pk"):
        send_mail(row.pk)
    return [f"{each.to[0]}: {each.subject}" for each in mail.outbox]


def later(case: Takedown, **times: timedelta) -> Takedown:
    """Move a case's times into the past by so much."""
    for name, by in times.items():
        Takedown.objects.filter(pk=case.pk).update(**{name: getattr(fresh(case), name) - by})
    return fresh(case)


def look(case: Takedown, site: Site) -> Takedown:
    """The next look is due now."""
    Takedown.objects.filter(pk=case.pk).update(next_check_at=timezone.now())
    check_copies(case.pk, fetcher=site.fetcher)
    return fresh(case)


def test_from_a_report_to_the_verified_removal(alice: Account, site: Site, mine: bytes) -> None:
    case = reported(alice, PAGE, IMAGE, hashes=(mine,))
    assert case.step == TakedownStep.REPORTED
    case = gathered(case, site)
    assert case.step == TakedownStep.EVIDENCE
    case = signed(case)
    send_notice_out(case.pk)
    case = fresh(case)
    assert (case.step, case.level) == (TakedownStep.SENT, TakedownLevel.HOST)

    case = look(case, site)
    assert case.step == TakedownStep.SENT
    site.pages.clear()
    case = look(case, site)
    assert case.step == TakedownStep.REMOVED
    assert case.removed_at is not None
    case = look(case, site)
    assert case.step == TakedownStep.MONITORED
    for _ in range(4):
        case = look(case, site)
    assert case.step == TakedownStep.CLOSED
    assert tags(case) == [
        "reported", "looked", "looked", "gathered", "receivers_found", "assessed", "drafted",
        "signed", "sent", "checked", "checked", "removal_verified", "checked", "monitored",
        *["checked"] * 4, "closed",
    ]  # fmt: skip
    subject = "Notice of claimed infringement under 17 U.S.C. 512(c)(3)"
    assert mails() == [
        f"abuse@copies.example.org: {subject} [PV-{str(case.pk)[-12:].upper()}]",
        "alice@example.org: copies.example.org: the copy was removed",
    ]
    body = str(mail.outbox[0].body)
    for words in (PAGE, IMAGE, "/Alice Adams/", PAPER.work, "Under penalty of perjury"):
        assert words in body


def test_evidence_is_what_was_there_with_its_hashes(
    alice: Account, site: Site, mine: bytes
) -> None:
    case = gathered(reported(alice, PAGE, hashes=(mine,)), site)

    pieces = {row.kind: row for row in case.evidence.all()}
    assert set(pieces) == {"headers", "page", "image", "manifest"}
    assert read_piece(pieces["image"]) == COPY
    assert pieces["image"].distance is not None
    assert pieces["image"].distance <= 31
    assert json.loads(read_piece(pieces["headers"]))["hops"][0]["address"] == "93.184.216.34"
    manifest = json.loads(read_piece(pieces["manifest"]))
    assert {each["sha256"] for each in manifest} == {
        bytes(row.sha256).hex() for kind, row in pieces.items() if kind != "manifest"
    }
    assert case.targets.get().state == TargetState.THERE
    with zipfile.ZipFile(io.BytesIO(bundle_of(case))) as archive:
        names = archive.namelist()
        listed = json.loads(archive.read("manifest.json"))
        assert all(each["file"] in names for each in listed)
        assert json.loads(archive.read("case.json"))["addresses"][0]["url"] == PAGE
    assert bundle_of(case) == bundle_of(case)


def test_the_picture_of_a_page_that_is_meant_is_found_among_others(
    alice: Account, site: Site, mine: bytes
) -> None:
    site.shows("/page", b'<img src="/other.jpg"><img src="/copy.jpg">')

    case = gathered(reported(alice, PAGE, hashes=(mine,)), site)

    [image] = case.evidence.filter(kind=EvidenceKind.IMAGE)
    assert read_piece(image) == COPY


def test_several_hosts_make_several_cases(alice: Account) -> None:
    cases = report_copies(
        Report(urls=["http://a.example.org/1", "https://b.example.org/1", "http://a.example.org/2",
                     "http://a.example.org/1#x"]), actor=alice,
    )  # fmt: skip

    assert [(case.host, case.targets.count()) for case in cases] == [
        ("a.example.org", 2), ("b.example.org", 1),
    ]  # fmt: skip
    assert Job.objects.filter(task="rights.gather_evidence").count() == 2


def test_a_bad_address_among_good_ones_opens_nothing(alice: Account) -> None:
    with pytest.raises(BadAddressError):
        report_copies(Report(urls=[PAGE, "http://127.1/"]), actor=alice)
    assert not Takedown.objects.exists()


def test_a_host_that_is_gone_or_silent_stops_no_case(alice: Account, site: Site) -> None:
    site.names["copies.example.org"] = [[]]

    case = gathered(reported(alice), site)

    assert case.step == TakedownStep.EVIDENCE
    assert case.targets.get().state == TargetState.UNKNOWN
    named = case.contacts.exclude(email="")
    assert [each.email for each in named] == ["abuse@copies.example.org"]


@pytest.mark.parametrize(
    ("status", "body", "media_type", "state"),
    [
        (200, COPY, "image/jpeg", TargetState.THERE),
        (200, jpeg("blocks", 320, 240, 50), "image/jpeg", TargetState.THERE),
        (200, OTHER, "image/jpeg", TargetState.GONE),
        (404, b"", "text/html", TargetState.GONE),
        (410, b"", "text/html", TargetState.GONE),
        (451, b"", "text/html", TargetState.GONE),
        (403, b"", "text/html", TargetState.UNKNOWN),
        (500, b"", "text/html", TargetState.UNKNOWN),
        (429, b"", "text/html", TargetState.UNKNOWN),
        (200, b"<p>Prove that you are no robot", "image/jpeg", TargetState.UNKNOWN),
        (200, b"\xff\xd8broken", "image/jpeg", TargetState.UNKNOWN),
    ],
)
def test_only_what_was_seen_to_be_gone_is_gone(
    alice: Account, site: Site, mine: bytes, status: int, body: bytes, media_type: str,
    state: TargetState,
) -> None:
    case = sent(alice, site, IMAGE, hashes=(mine,))
    site.shows("/copy.jpg", body, media_type, status)

    case = look(case, site)

    assert case.targets.get().state == state
    assert (case.step == TakedownStep.REMOVED) == (state == TargetState.GONE)


def test_a_page_without_the_picture_is_a_removal_and_one_that_hides_it_is_not(
    alice: Account, site: Site, mine: bytes
) -> None:
    case = sent(alice, site, PAGE, hashes=(mine,))
    site.shows("/page", b'<img src="/copy.jpg">')
    site.shows("/copy.jpg", b"", "text/html", 503)

    assert look(case, site).step == TakedownStep.SENT
    site.shows("/page", b'<img src="/other.jpg">')
    assert look(case, site).step == TakedownStep.REMOVED


def test_of_two_addresses_one_removed_is_no_removal(alice: Account, site: Site) -> None:
    case = sent(alice, site, PAGE, IMAGE)
    del site.pages["/page"]

    case = look(case, site)

    assert case.step == TakedownStep.SENT
    assert [each.state for each in case.targets.order_by("number")] == ["gone", "there"]


def test_what_reappears_is_reopened_and_goes_out_again(alice: Account, site: Site) -> None:
    case = sent(alice, site, IMAGE)
    shown = site.pages.pop("/copy.jpg")
    assert look(case, site).step == TakedownStep.REMOVED
    site.pages["/copy.jpg"] = shown

    case = look(case, site)

    assert case.step == TakedownStep.REOPENED
    assert "alice@example.org: copies.example.org: the copy is back" in mails()
    case = signed(case)
    send_notice_out(case.pk)
    assert fresh(case).step == TakedownStep.SENT
    assert case.letters.filter(kind=LetterKind.NOTICE).count() == 2


def test_nobody_answers_so_it_is_reminded_and_taken_further(alice: Account, site: Site) -> None:
    case = sent(alice, site, IMAGE)
    case.contacts.create(
        number=9, level=TakedownLevel.REGISTRAR, name="Registrar", source="rdap-domain",
        email="abuse@registrar.example", can_do="x",
    )  # fmt: skip
    began = case.sent_at
    assert began is not None

    for count, days in enumerate((3, 7, 14), 1):
        due = fresh(case).next_letter_at
        assert due is not None
        assert timedelta(days=days) <= due - began < timedelta(days=days + 1)
        remind_receiver(case.pk)  # too early: nothing happens
        assert fresh(case).reminders == count - 1
        Takedown.objects.filter(pk=case.pk).update(next_letter_at=timezone.now())
        remind_receiver(case.pk)
        remind_receiver(case.pk)  # twice is once
        assert fresh(case).reminders == count
    for level in (TakedownLevel.REGISTRAR, TakedownLevel.SEARCH):
        for _ in range(4 if level == TakedownLevel.SEARCH else 1):
            Takedown.objects.filter(pk=case.pk).update(next_letter_at=timezone.now())
            remind_receiver(case.pk)
        case = fresh(case)
        assert (case.step, case.level) == (TakedownStep.ESCALATED, level)
    Takedown.objects.filter(pk=case.pk).update(next_letter_at=timezone.now())
    remind_receiver(case.pk)

    assert fresh(case).step == TakedownStep.UNRESOLVED
    kinds = list(case.letters.order_by("number").values_list("kind", flat=True))
    assert kinds == ["notice", *["reminder"] * 3, "escalation", *["reminder"] * 3]
    assert "by_hand" in tags(case)


def test_an_answer_stops_the_reminders(alice: Account, site: Site) -> None:
    case = sent(alice, site, IMAGE)

    note_answer(case.pk, Deed.ACKNOWLEDGE, actor_id=alice.pk, note="ticket 7")
    case = fresh(case)
    assert case.step == TakedownStep.ACKNOWLEDGED
    assert case.next_letter_at is not None
    assert case.next_letter_at > timezone.now() + timedelta(days=13)
    note_answer(case.pk, Deed.REFUSE, actor_id=alice.pk, note="fair use, they say")
    assert fresh(case).next_letter_at is None
    escalate_case(case.pk, actor_id=alice.pk)
    note_answer(case.pk, Deed.COUNTER, actor_id=alice.pk, note="")
    note_answer(case.pk, Deed.RESTORE, actor_id=alice.pk, note="")
    assert fresh(case).step == TakedownStep.RESTORED


def test_a_form_is_filled_in_by_hand_and_written_down(alice: Account, site: Site) -> None:
    case = gathered(reported(alice, IMAGE), site)
    case.contacts.update(email="", form_url="https://forms.example/abuse")
    case = signed(case)
    send_notice_out(case.pk)
    assert fresh(case).step == TakedownStep.SIGNED

    note_sent_by_hand(case.pk, 0, actor_id=alice.pk)

    assert fresh(case).step == TakedownStep.SENT
    assert TakedownLetter.objects.get(takedown=case).is_by_hand


def test_every_deed_that_does_not_follow_is_refused(alice: Account) -> None:
    for step in TakedownStep:
        for deed in Deed:
            assert step_after(step, deed) == TRANSITIONS.get((step, deed))
    case = reported(alice)
    for deed in set(Deed) - {Deed.GATHER, Deed.ASSESS, Deed.WITHDRAW}:
        with pytest.raises(NotNowError):
            move_case(case.pk, deed)
    assert fresh(case).step == TakedownStep.REPORTED
    assert tags(case) == ["reported"]


def test_every_step_can_be_reached_and_left() -> None:
    reached = {TakedownStep.REPORTED, *TRANSITIONS.values()}
    left = {step for step, _ in TRANSITIONS}

    assert reached == set(TakedownStep)
    assert left == set(TakedownStep)


def test_a_signature_is_the_legal_name(alice: Account) -> None:
    case = reported(alice)
    draft_notice(case.pk, "dmca", PAPER, actor=alice)

    for wrong in ("", "Alice", "Alice B. Adams", "Mallory"):
        with pytest.raises(WrongSignatureError):
            sign_notice(case.pk, wrong, actor=alice)
    assert sign_notice(case.pk, " alice  ADAMS ", actor=alice).step == TakedownStep.SIGNED


def test_what_is_signed_is_not_drafted_anew(alice: Account) -> None:
    case = reported(alice)
    draft_notice(case.pk, "dmca", PAPER, actor=alice)
    sign_notice(case.pk, PAPER.name, actor=alice)

    with pytest.raises(NotNowError):
        draft_notice(case.pk, "dsa", PAPER, actor=alice)


def test_only_its_person_comes_to_a_case(alice: Account, mallory: Account) -> None:
    case = reported(alice)

    with pytest.raises(NotFoundError):
        draft_notice(case.pk, "dmca", PAPER, actor=mallory)
    with pytest.raises(NotFoundError):
        withdraw_case(case.pk, actor=mallory)


def test_whoever_is_killed_loses_nothing(alice: Account, site: Site) -> None:
    """After the first of two addresses: the next worker does the second, and no piece twice."""
    case = reported(alice, PAGE, IMAGE)
    asked = 0

    def once() -> object:
        nonlocal asked
        asked += 1
        if asked > 1:
            raise KeyboardInterrupt
        return site.fetcher()

    with pytest.raises(KeyboardInterrupt):
        gather_evidence(case.pk, fetcher=once)  # type: ignore[arg-type]
    assert fresh(case).gathered_at is None
    gather_evidence(case.pk, fetcher=site.fetcher)
    gather_evidence(case.pk, fetcher=site.fetcher)

    # Ids of one millisecond come in any order.
    found = Counter(case.evidence.values_list("target_number", "kind"))
    assert found == Counter([
        (0, "headers"), (0, "page"), (0, "image"), (1, "headers"), (1, "image"),
        (None, "manifest"),
    ])  # fmt: skip
    # Only the found copies that are being traced are still on their way.
    assert PassingBlob.objects.count() == 2
    assert tags(case).count("gathered") == 1


def test_what_got_lost_is_owed_again_once(alice: Account, site: Site) -> None:
    case = sent(alice, site, IMAGE)
    reported(alice, "http://other.example.org/")
    signed(reported(alice, "http://third.example.org/"))
    Takedown.objects.filter(pk=case.pk).update(
        next_check_at=timezone.now(), next_letter_at=timezone.now()
    )
    Job.objects.all().delete()

    owe_what_is_due()
    owe_what_is_due()

    owed = sorted(Job.objects.filter(task__startswith="rights.").values_list("task", flat=True))
    assert owed == [
        "rights.check_copies", "rights.collect_trace", "rights.gather_evidence",
        "rights.gather_evidence", "rights.remind_receiver", "rights.send_notice_out",
    ]  # fmt: skip
    assert all(name in work.tasks() for name in owed)


def test_looks_come_at_the_hours_they_should(alice: Account, site: Site) -> None:
    case = sent(alice, site, IMAGE)
    began = case.sent_at
    assert began is not None

    for due in schedule.CHECKS:
        assert fresh(case).next_check_at == began + due
        case = look(case, site)
    assert fresh(case).next_check_at is None


def test_leaving_takes_cases_and_evidence_along(alice: Account, site: Site) -> None:
    gathered(reported(alice, IMAGE), site)
    blobs = set(TakedownEvidence.objects.values_list("blob_key", flat=True))

    paths = [item.path for item in RightsCustodian().export(alice.pk)]
    RightsCustodian().erase(alice.pk)

    assert any(path.endswith("evidence.zip") for path in paths)
    assert not Takedown.objects.exists()
    assert blobs <= set(DiscardedBlob.objects.values_list("blob_key", flat=True))
