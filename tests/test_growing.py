"""What must not cost more because more is kept: statements, counted with some and with ten times
as many; and the indexes by which a question leaves the rest of a table alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account, AuditEvent, Role
from images.actions.disposal import purge_image
from images.actions.scrubbing import scrub_store
from images.actions.verifying import verify_image
from images.models import Image, ImagePart
from pocketvault.desk.inbox import desk_figures
from pocketvault.kernel import rotation
from rights.actions.archives import ask_for_archive, forget_archives
from rights.actions.backups import make_backup
from rights.actions.packing import pack_archive
from rights.incidents.actions.watching import watch
from rights.models import Archive
from rights.requests.actions.reminding import remind_of_requests
from tests.factories import add_passkey, app_of, browser_of, make_account
from tests.images.making import store_image
from tests.rights.making_requests import make_request

pytestmark = pytest.mark.django_db
SOME = 2
Act = Callable[[Account], object]


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    settings.BACKUP_DIRS = [tmp_path / "backups"]


def more(alice: Account, count: int) -> None:
    """Of everything that a service has much of."""
    for _ in range(count):
        verify_image(store_image(alice, fingerprint=secrets.token_bytes(32)).pk)
        audit.record(AuditTag.SIGNED_OUT, actor=alice, subject_id=alice.pk)
        make_request()


def events(alice: Account) -> object:
    return app_of(alice).get("/api/v1/me/events")


def store(alice: Account) -> object:
    return store_image(alice, fingerprint=secrets.token_bytes(32))


def desk(alice: Account) -> object:
    page = browser_of(officer()).get("/desk/")
    assert b"R-2" in page.content
    return page


def officer() -> Account:
    """Made once."""
    known = Account.objects.filter(email="officer@example.org").first()
    if known is not None:
        return known
    made = make_account("officer@example.org", roles=[Role.DPO])
    add_passkey(made)
    return made


def scrub(alice: Account) -> object:
    assert scrub_store() == 0
    return alice


def archive(alice: Account) -> object:
    forget_archives(Archive.objects.all())
    return ask_for_archive(actor=alice)


def pack(alice: Account) -> object:
    return pack_archive(Archive.objects.get(owner=alice).pk, seconds=0)


def rotate(alice: Account) -> object:
    rotation.make_epoch(timezone.now())
    assert rotation.reseal_everything() > SOME
    return alice


ACTS: dict[str, tuple[Act | None, Act]] = {
    "a page of security events": (None, events),
    "a photo stored": (None, store),
    "a photo deleted": (None, lambda alice: purge_image(first_of(alice), actor=alice)),
    "the desk's first page": (None, desk),
    "how things stand": (None, lambda alice: desk_figures()),
    "a look for requests that are late": (None, lambda alice: remind_of_requests()),
    "what the scrub reads next": (None, scrub),
    "a look for incidents": (None, lambda alice: watch()),
    "an archive asked for": (None, archive),
    "an archive begun": (archive, pack),
    "a rotation": (None, rotate),
    "a backup": (None, lambda alice: make_backup()),
}


def first_of(alice: Account) -> Image:
    part = ImagePart.objects.filter(image__owner=alice).select_related("image").first()
    assert part is not None
    return part.image


@pytest.mark.parametrize("name", ACTS)
def test_ten_times_as_much_takes_as_many_statements(alice: Account, name: str) -> None:
    before, act = ACTS[name]

    def cost() -> int:
        if before is not None:
            before(alice)
        with CaptureQueriesContext(connection) as asked:
            act(alice)
        return len(asked)

    more(alice, SOME)
    cost()  # what is made by the first of all alone
    few = cost()
    more(alice, 9 * SOME)

    assert cost() == few


def plan_of(question: QuerySet) -> str:
    """How the database would answer, were the table too long to read."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    return question.explain()


def test_damaged_parts_are_found_by_an_index_of_their_own(alice: Account) -> None:
    assert "damaged_part" in plan_of(ImagePart.objects.filter(is_damaged=True))


def test_events_beside_photos_are_found_without_those_of_photos(alice: Account) -> None:
    """A page of them reads two short stretches of two indexes."""
    store_image(alice)
    audit.record(AuditTag.SIGNED_OUT, actor=alice, subject_id=alice.pk)
    with CaptureQueriesContext(connection) as queries:
        found = AuditEvent.objects.all().newest_of(alice.pk, 5)
    asked = [each["sql"] for each in queries.captured_queries]

    assert [event.tag for event in found] == [AuditTag.SIGNED_OUT]
    assert len(asked) == 2
    assert not any(" OR " in sql for sql in asked)
    done = AuditEvent.objects.done_beside_photos(alice.pk)
    assert "audit_beside_photos" in plan_of(done.order_by("-pk")[:5])


def test_the_newest_of_both_halves_come_first_and_once(alice: Account, bob: Account) -> None:
    for actor, subject in ((alice, bob), (bob, alice), (alice, alice), (bob, bob)) * 3:
        audit.record(AuditTag.SIGNED_OUT, actor=actor, subject_id=subject.pk)
    hers = AuditEvent.objects.concerning(alice.pk).order_by("-pk")

    for count in (1, 4, 9, 20):
        assert AuditEvent.objects.all().newest_of(alice.pk, count) == list(hers[:count])
