"""Orders of authorities: intake, checklist, decisions, telling, holds and handing over."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core import mail
from django.utils import timezone

from accounts.actions.mailing import send_mail
from accounts.errors import StepUpRequiredError
from accounts.models import Account, OutgoingMail, Role
from images.actions.disposal import purge_image
from images.actions.freeing import free_discarded_blobs
from images.models import DiscardedBlob, Envelope, Image, ImageVersion
from pocketvault.kernel import clock
from pocketvault.kernel.blobs import store
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.fields import to_base64url
from rights.actions.looking import note_look
from rights.legal import package as packages
from rights.legal.actions.checking import answer_check, call_back
from rights.legal.actions.deciding import approve_order, review_order
from rights.legal.actions.forgetting import forget_old_orders
from rights.legal.actions.gagging import (
    approve_renewal,
    challenges_due,
    note_challenge,
    propose_renewal,
    release_gag,
)
from rights.legal.actions.intake import register_order
from rights.legal.actions.preserving import hold_photos, release_photos
from rights.legal.actions.producing import hand_over, produce, take_paper
from rights.legal.actions.telling import tell_everybody_due
from rights.legal.errors import (
    AlreadyDecidedError,
    BadCertificateError,
    BadOrderError,
    ChecklistOpenError,
    EndlessGagError,
    NoOrderError,
    NotGenuineError,
    NotYetError,
    OutOfReachError,
    SamePersonError,
)
from rights.legal.papers import Paper, read_paper
from rights.legal.reading import is_gagged
from rights.log_reading import verifier_key
from rights.models import (
    CheckAnswer,
    DeskLook,
    HeldEnvelope,
    LegalOrder,
    LookedAt,
    OrderDocument,
    OrderEvent,
    OrderHold,
    OrderNotice,
    Outcome,
)
from tests.factories import app_of, make_account, make_superuser, open_session
from tests.images.conftest import own_store
from tests.images.making import store_image
from tests.rights.making_legal import (
    WHY,
    approved,
    approves,
    authority,
    authority_key,
    certificate_pem,
    check_all,
    confirm,
    draft,
    fresh,
    gag,
    order_about,
    reviews,
    staff,
    take_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]
__all__ = ["own_store"]
DAY = timedelta(days=1)


@pytest.fixture
def now() -> Iterator[datetime]:
    """A moment that stands still, with a clock that is believed."""
    moment = timezone.now().replace(microsecond=0)
    with time_machine.travel(moment, tick=False):
        clock.is_believable()
        yield moment


def letters() -> list[str]:
    """The text of every mail that is owed, and of every one that was sent."""
    for pk in list(OutgoingMail.objects.values_list("pk", flat=True)):
        send_mail(pk)
    return [str(each.body) for each in mail.outbox]


def tags(order: LegalOrder) -> list[str]:
    events = OrderEvent.objects.filter(order=order).order_by("number")
    return list(events.values_list("tag", flat=True))


def test_an_order_is_taken_in_with_its_paper_and_a_notice_for_each(
    alice: Account, bob: Account
) -> None:
    order = order_about(alice, bob, names=[alice.email, str(bob.pk), "nobody@example.org"])

    assert {each.account_id for each in order.notices.all()} == {alice.pk, bob.pk}
    document = order.documents.get()
    assert read_paper(document).data.startswith(b"%PDF a warrant")
    assert b"warrant" not in b"".join(store().read(document.blob_key))
    assert json.loads(order.open())["unknown"] == ["nobody@example.org"]
    assert tags(order) == ["taken_in"]
    row = b"".join(bytes(str(v), "utf8") for v in LegalOrder.objects.values().get().values())
    assert b"Sgt. Doe" not in row
    assert letters() == []


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"instrument": "letter"}, BadOrderError),
        ({"reference": ""}, BadOrderError),
        ({"country": "usa"}, BadOrderError),
        ({"asked": ["keys"]}, BadOrderError),
        ({"asked": []}, BadOrderError),
        ({"names": []}, BadOrderError),
        ({"paper": Paper("x.pdf", b"")}, BadOrderError),
        ({"due_at": timezone.now() - 400 * DAY}, BadOrderError),
        ({"gag": gag(ends_at=None)}, EndlessGagError),
        ({"gag": gag(days=-1)}, BadOrderError),
        ({"gag": gag(basis="")}, BadOrderError),
    ],
)
def test_what_cannot_be_an_order_is_refused_and_nothing_is_kept(
    wrong: dict[str, object], refusal: type[Exception], alice: Account
) -> None:
    with pytest.raises(refusal):
        order_about(alice, **wrong)

    assert not LegalOrder.objects.exists()
    assert not OrderDocument.objects.exists()


def test_only_counsel_and_dpo_act_and_only_with_a_fresh_proof(
    alice: Account
) -> None:
    superuser = make_superuser("root@example.org")
    stale = open_session(take_in().account).session
    others = (staff("amy", Role.AUDITOR), staff("sue", Role.SUPPORT))
    for session in (fresh(alice), fresh(superuser), *others):
        with pytest.raises(NotFoundError):
            register_order(draft([alice.email]), session=session)
    with pytest.raises(StepUpRequiredError):
        register_order(draft([alice.email]), session=stale)
    assert not LegalOrder.objects.exists()


def test_a_forged_order_fails_the_call_back_and_can_only_be_rejected(alice: Account) -> None:
    order = order_about(alice, gag=gag())
    number = authority()
    call_back(order.pk, number, is_confirmed=False, reason="Never heard of it.", session=reviews())

    for outcome in (Outcome.COMPLY, Outcome.NARROW, Outcome.CONTEST):
        with pytest.raises(NotGenuineError):
            review_order(order.pk, outcome, order.asked, reason=WHY, session=reviews())
    with pytest.raises(NotGenuineError):
        hold_photos(order.pk, reason=WHY, session=reviews())
    assert tell_everybody_due() == 0
    approved(order, Outcome.REJECT)

    assert tell_everybody_due() == 1
    [letter] = letters()
    assert "did not confirm it" in letter
    assert tell_everybody_due() == 0


def test_the_number_in_the_letter_is_never_the_one_that_is_called(alice: Account) -> None:
    order = order_about(alice, letter_phone="(202) 555-0144")

    with pytest.raises(BadOrderError, match="stands in the letter"):
        confirm(order)
    with pytest.raises(SamePersonError):
        call_back(order.pk, authority(), is_confirmed=True, reason=WHY, session=take_in())
    with pytest.raises(BadOrderError, match="calling back"):
        answer_check(order.pk, "genuine", CheckAnswer.YES, reason=WHY, session=reviews())
    other = order_about(alice, letter_phone="")
    with pytest.raises(BadOrderError, match="another country"):
        call_back(other.pk, authority("DE"), is_confirmed=True, reason=WHY, session=reviews())
    order.refresh_from_db()
    assert order.genuine_at is None


@pytest.mark.parametrize("instrument", ["informal", "emergency"])
def test_what_is_no_order_can_only_be_rejected(instrument: str, alice: Account) -> None:
    order = order_about(alice, instrument=instrument, is_emergency=True)
    check_all(order)

    for outcome in (Outcome.COMPLY, Outcome.NARROW, Outcome.CONTEST):
        with pytest.raises(NoOrderError):
            review_order(order.pk, outcome, order.asked, reason=WHY, session=reviews())
    with pytest.raises(NoOrderError):
        hold_photos(order.pk, reason=WHY, session=reviews())
    assert approved(order, Outcome.REJECT).closed_at is not None


def test_the_checklist_has_to_carry_the_outcome(alice: Account) -> None:
    order = order_about(alice)
    check_all(order)
    answer_check(order.pk, "served", CheckAnswer.NO, reason=WHY, session=reviews())

    with pytest.raises(ChecklistOpenError, match="served"):
        review_order(order.pk, Outcome.COMPLY, order.asked, reason=WHY, session=reviews())
    with pytest.raises(BadOrderError, match="always applies"):
        answer_check(
            order.pk, "served", CheckAnswer.NOT_APPLICABLE, reason=WHY, session=reviews()
        )
    answer_check(order.pk, "served", CheckAnswer.YES, reason=WHY, session=reviews())
    answer_check(order.pk, "no_conflict", CheckAnswer.NOT_APPLICABLE, reason=WHY, session=reviews())
    review_order(order.pk, Outcome.COMPLY, order.asked, reason=WHY, session=reviews())
    with pytest.raises(AlreadyDecidedError):
        answer_check(order.pk, "served", CheckAnswer.NO, reason=WHY, session=reviews())


def test_content_needs_a_warrant_and_what_is_too_much_is_narrowed(alice: Account) -> None:
    order = order_about(alice, instrument="subpoena")
    check_all(order)
    answer_check(order.pk, "instrument", CheckAnswer.NO, reason=WHY, session=reviews())

    with pytest.raises(OutOfReachError):
        review_order(order.pk, Outcome.COMPLY, order.asked, reason=WHY, session=reviews())
    with pytest.raises(OutOfReachError):
        review_order(order.pk, Outcome.NARROW, ["content"], reason=WHY, session=reviews())
    review_order(order.pk, Outcome.NARROW, ["subscriber"], reason=WHY, session=reviews())

    order.refresh_from_db()
    assert order.granted == ["subscriber"]


def test_three_people_see_an_order_through(alice: Account) -> None:
    order = order_about(alice)
    check_all(order)
    with pytest.raises(SamePersonError):
        review_order(order.pk, Outcome.COMPLY, order.asked, reason=WHY, session=take_in())
    review_order(order.pk, Outcome.COMPLY, order.asked, reason=WHY, session=reviews())
    for same in (take_in(), reviews()):
        with pytest.raises(SamePersonError):
            approve_order(order.pk, reason=WHY, session=same)
    approve_order(order.pk, reason=WHY, session=approves())
    with pytest.raises(AlreadyDecidedError):
        approve_order(order.pk, reason=WHY, session=staff("otto"))


def test_the_person_is_told_as_soon_as_it_is_genuine_and_looks_are_shown(
    alice: Account, now: datetime
) -> None:
    order = order_about(alice)
    note_look(
        alice.pk, LookedAt.ORDER, actor=reviews().account, case_id=order.pk, is_gagged=True
    )
    assert tell_everybody_due() == 0
    confirm(order)

    assert tell_everybody_due() == 1
    assert tell_everybody_due() == 0
    [letter] = letters()
    assert "23-MJ-1182" in letter
    assert "Nothing was handed over so far" in letter
    assert DeskLook.objects.get().shown_from is not None
    [seen] = app_of(alice).get("/api/v1/legal-requests").json()["items"]
    assert seen["reference"] == "23-MJ-1182"
    assert seen["outcome"] is None


def test_nothing_leaves_before_a_day_and_seven_days_after_telling(
    alice: Account, now: datetime
) -> None:
    order = approved(order_about(alice))
    with pytest.raises(NotYetError, match="told first"):
        produce(order.pk, certificate_pem(), reason=WHY, session=reviews())
    tell_everybody_due()
    for hours in (25, 6 * 24):
        with (
            time_machine.travel(now + timedelta(hours=hours), tick=False),
            pytest.raises(NotYetError, match="at the earliest"),
        ):
            produce(order.pk, certificate_pem(), reason=WHY, session=reviews())
    with time_machine.travel(now + 7 * DAY, tick=False):
        produce(order.pk, certificate_pem(), reason=WHY, session=reviews())
        with pytest.raises(AlreadyDecidedError):
            produce(order.pk, certificate_pem(), reason=WHY, session=reviews())


def test_a_deadline_of_the_order_itself_shortens_both(alice: Account, now: datetime) -> None:
    order = approved(order_about(alice, due_at=now + timedelta(hours=10)))
    tell_everybody_due()
    assert order.cools_until == now + timedelta(hours=8)

    with time_machine.travel(now + timedelta(hours=10), tick=False):
        produce(order.pk, certificate_pem(), reason=WHY, session=reviews())


def test_a_gag_seals_the_notice_and_it_sends_itself_when_the_gag_ends(
    alice: Account, now: datetime
) -> None:
    order = approved(order_about(alice, gag=gag(days=30)))
    note_look(
        alice.pk, LookedAt.ORDER, actor=reviews().account, case_id=order.pk,
        is_gagged=is_gagged(order),
    )
    with time_machine.travel(now + DAY, tick=False):
        produce(order.pk, certificate_pem(), reason=WHY, session=reviews())
        assert tell_everybody_due() == 0
    for day in range(2, 30):
        with time_machine.travel(now + day * DAY, tick=False):
            assert tell_everybody_due() == 0
    assert DeskLook.objects.get().shown_from is None
    with time_machine.travel(now + 30 * DAY, tick=False):
        assert app_of(alice).get("/api/v1/legal-requests").json()["items"] == []
        assert tell_everybody_due() == 1
        [seen] = app_of(alice).get("/api/v1/legal-requests").json()["items"]

    [letter] = letters()
    assert "We were not allowed to tell you before today." in letter
    assert "We handed over" in letter
    assert seen["given"] == order.asked
    assert DeskLook.objects.get().shown_from is not None


def test_a_clock_that_stepped_breaks_no_gag(alice: Account, now: datetime) -> None:
    order = order_about(alice, gag=gag(days=30))
    confirm(order)

    with time_machine.travel(now + 31 * DAY, tick=False):
        assert tell_everybody_due() == 0
    with time_machine.travel(now + 31 * DAY + timedelta(hours=25), tick=False):
        assert tell_everybody_due() == 1


def test_a_person_who_left_meanwhile_is_told_all_the_same(alice: Account, now: datetime) -> None:
    from_custody = order_about(alice, gag=gag(days=1))
    confirm(from_custody)
    Account.objects.filter(pk=alice.pk).update(email="gone@example.org")
    OrderNotice.objects.update(account_id=make_account("x@example.org").pk)
    Account.objects.filter(email="x@example.org").delete()
    with time_machine.travel(now + DAY, tick=False):
        assert tell_everybody_due() == 1
    letters()

    assert mail.outbox[0].to == ["alice@example.org"]
    assert b"alice@" not in OrderNotice.objects.get().open()


def test_only_a_renewal_by_two_people_with_a_new_paper_moves_the_date(
    alice: Account, now: datetime
) -> None:
    order = order_about(alice, gag=gag(days=1))
    confirm(order)
    same_paper = read_paper(order.documents.get())
    later = gag(days=20)
    with pytest.raises(BadOrderError, match="new one"):
        propose_renewal(order.pk, later, same_paper, reason=WHY, session=reviews())
    paper = Paper("renewal.pdf", b"%PDF again")
    renewal = propose_renewal(order.pk, later, paper, reason=WHY, session=reviews())
    with pytest.raises(SamePersonError):
        approve_renewal(renewal.pk, reason=WHY, session=reviews())

    approve_renewal(renewal.pk, reason=WHY, session=approves())
    with time_machine.travel(now + DAY, tick=False):
        assert tell_everybody_due() == 0
    for day in range(2, 20):
        with time_machine.travel(now + day * DAY, tick=False):
            assert tell_everybody_due() == 0
    with time_machine.travel(now + 20 * DAY, tick=False):
        assert tell_everybody_due() == 1


def test_a_renewal_that_nobody_approved_changes_nothing(alice: Account, now: datetime) -> None:
    order = order_about(alice, gag=gag(days=1))
    confirm(order)
    paper = Paper("renewal.pdf", b"%PDF again")
    renewal = propose_renewal(order.pk, gag(days=20), paper, reason=WHY, session=reviews())

    with time_machine.travel(now + DAY, tick=False):
        assert tell_everybody_due() == 1
        with pytest.raises(BadOrderError, match="over"):
            approve_renewal(renewal.pk, reason=WHY, session=approves())


def test_an_epoc_is_silent_until_the_authority_releases_it(alice: Account, now: datetime) -> None:
    order = order_about(alice, instrument="epoc", country="DE", gag=gag(days=1))
    confirm(order)
    for day in (1, 2, 3):
        with time_machine.travel(now + day * DAY, tick=False):
            assert tell_everybody_due() == 0
    with time_machine.travel(now + 3 * DAY, tick=False):
        release_gag(order.pk, reason="Released by letter.", session=reviews())
        assert tell_everybody_due() == 1


def test_an_indefinite_gag_is_challenged_every_ninety_days(alice: Account, now: datetime) -> None:
    order = order_about(alice, gag=gag(ends_at=None, is_indefinite=True))
    assert challenges_due(now + 89 * DAY) == []
    [due] = challenges_due(now + 90 * DAY)
    with time_machine.travel(now + 90 * DAY, tick=False):
        assert note_challenge(due.pk, reason=WHY, session=reviews()) == now + 180 * DAY
    assert is_gagged(order, now + 4000 * DAY)


def test_a_package_opens_with_openssl_and_holds_what_was_granted(
    alice: Account, now: datetime, tmp_path: Path
) -> None:
    image = store_image(alice)
    order = approved(order_about(alice, due_at=now + timedelta(hours=2)))
    tell_everybody_due()
    with time_machine.travel(now + timedelta(hours=2), tick=False):
        made = produce(order.pk, certificate_pem(), reason=WHY, session=reviews())
        data = hand_over(order.pk, reason="By courier.", session=approves())

    key = authority_key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )  # fmt: skip
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "order.cms").write_bytes(data)
    subprocess.run(
        ["openssl", "cms", "-decrypt", "-inform", "DER", "-binary", "-in", "order.cms",
         "-inkey", "key.pem", "-out", "order.zip"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    with ZipFile(tmp_path / "order.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files["manifest.json"])
    assert manifest == made.manifest
    for each in manifest["files"]:
        assert hashlib.sha256(files[each["name"]]).hexdigest() == each["sha256"]
    [account] = json.loads(files["subscriber.json"])
    assert account["email"] == alice.email
    assert {row["image_id"] for row in json.loads(files["content.json"])} == {str(image.pk)}
    assert "keys" in json.loads(files["what-is-not-here.json"])
    assert tags(order)[-2:] == ["produced", "handed_over"]
    key_line = verifier_key()
    assert key_line is not None
    Ed25519PublicKey.from_public_bytes(key_line.public_key).verify(
        files["manifest.sig"], packages.signed_bytes(manifest)
    )


def test_no_package_can_contain_a_key_or_anything_of_a_private_photo(
    alice: Account, now: datetime
) -> None:
    image = store_image(alice)
    wraps = [row.open() for row in Envelope.objects.filter(image=image)]
    metadata = [bytes(each) for each in ImageVersion.objects.values_list("metadata", flat=True)]
    order = order_about(alice)
    order.granted = order.asked
    files = packages.build_files(order, [alice.pk])

    seen = b"".join(files.values())
    secrets = [*wraps, *metadata, alice.password.encode(), bytes(image.fingerprint or b"?" * 32)]
    for secret in secrets:
        assert secret not in seen
        assert secret.hex().encode() not in seen
        assert to_base64url(secret).encode() not in seen
    allowed = {name.split(".")[1] for name in packages.ALLOWED}
    assert allowed == {
        "Account", "AccountSession", "Profile", "Publication", "ImagePart", "StorageUse",
    }
    columns = {column for each in packages.ALLOWED.values() for column in each}
    assert not columns & {
        "password", "sealed", "metadata", "marks", "fingerprint", "token_digest", "blob_key",
        "ciphertext", "shown", "statement",
    }
    for rows, column in (
        (Envelope.objects.all(), "sealed"), (ImageVersion.objects.all(), "metadata"),
        (Account.objects.all(), "password"), (Image.objects.all(), "marks"),
    ):
        with pytest.raises(packages.NotListedError):
            packages.listed(rows, [column])


def test_a_certificate_that_is_weak_over_or_none_is_refused(alice: Account) -> None:
    order = order_about(alice)
    for pem in (b"", b"-----BEGIN", certificate_pem(bits=2048), certificate_pem(years=1)):
        with pytest.raises(BadCertificateError):
            produce(order.pk, pem, reason=WHY, session=reviews())


def test_a_paper_that_is_taken_out_stands_in_the_custody_log(alice: Account) -> None:
    order = order_about(alice)

    document = order.documents.get().pk
    with pytest.raises(NotFoundError):
        take_paper(order_about(alice).pk, document, reason="Another.", session=reviews())
    paper = take_paper(order.pk, document, reason="For the court.", session=reviews())

    assert paper.name == "order.pdf"
    assert tags(order)[-1] == "paper_taken_out"


def test_an_order_holds_photos_and_what_another_holds_stays_held(
    alice: Account, now: datetime
) -> None:
    image = store_image(alice)
    first, second = order_about(alice), order_about(alice, reference="other")
    for order in (first, second):
        confirm(order)
        assert hold_photos(order.pk, reason=WHY, session=reviews()) == 1
    assert hold_photos(first.pk, reason=WHY, session=reviews()) == 0
    purge_image(image, actor=alice)
    free_discarded_blobs()
    assert HeldEnvelope.objects.filter(image_id=image.pk).exists()

    assert release_photos(first.pk, reason=WHY, session=reviews()) == 1
    assert HeldEnvelope.objects.filter(image_id=image.pk).exists()
    release_photos(second.pk, reason=WHY, session=reviews())
    free_discarded_blobs()

    assert not HeldEnvelope.objects.exists()
    assert not DiscardedBlob.objects.exists()
    assert not OrderHold.objects.filter(released_at=None).exists()
    said = json.dumps(app_of(alice).get("/api/v1/me/events").json())
    assert "hold" not in said
    assert "held" not in said


def test_nothing_that_the_person_reads_hints_at_an_order_before_they_are_told(
    alice: Account, bob: Account
) -> None:
    store_image(alice)
    order = order_about(alice, gag=gag())
    confirm(order)
    hold_photos(order.pk, reason=WHY, session=reviews())
    tell_everybody_due()
    app, other = app_of(alice), app_of(bob)

    for path in ("/api/v1/legal-requests", "/api/v1/deletions", "/api/v1/exposures"):
        assert app.get(path).json() == other.get(path).json()
    events = [each["tag"] for each in app.get("/api/v1/me/events").json()["items"]]
    assert events == [each["tag"] for each in other.get("/api/v1/me/events").json()["items"]]


def test_orders_go_six_years_after_they_were_closed(alice: Account, now: datetime) -> None:
    order = approved(order_about(alice), Outcome.REJECT)
    tell_everybody_due()
    assert forget_old_orders() == 0
    assert LegalOrder.objects.filter(pk=order.pk).exists()


def test_a_zip_is_the_same_for_the_same_files() -> None:
    with time_machine.travel(timezone.now(), tick=False):
        one, two = (packages._zipped({"a.json": b"1", "b.json": b"2"}) for _ in range(2))
    assert one == two
    assert ZipFile(io.BytesIO(one)).namelist() == ["a.json", "b.json"]
