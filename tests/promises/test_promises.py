"""The page of promises says what is so, and no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account
from images.models import ReadingDay, Tombstone
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.models import EpochKey
from pocketvault.machines.selfcheck import findings
from pocketvault.promises.evidence import (
    State,
    deletions,
    derivatives,
    health,
    old_copies,
    processors,
    signals,
)
from pocketvault.promises.rows import PROMISES
from rights.models import Backup, Drill, Processor
from tests.images.making import store_image

pytestmark = pytest.mark.django_db


def test_there_are_twenty_in_order_and_each_proof_is_in_the_repository() -> None:
    assert [promise.number for promise in PROMISES] == list(range(1, 21))
    named = [proof for promise in PROMISES for proof in promise.proofs]
    assert named
    assert all((Path(settings.BASE_DIR) / proof).is_file() for proof in named)


def test_the_page_shows_every_promise_with_its_evidence(client: Client) -> None:
    page = client.get("/promises").content.decode()
    document = client.get("/promises.json").json()
    assert len(document["promises"]) == 20
    for row in document["promises"]:
        assert f'id="promise-{row["number"]}"' in page
        assert "%(" not in row["evidence"]
        assert row["state"] in set(State)


def test_bytes_that_do_not_go_are_owned_up_to() -> None:
    assert deletions().state is State.SHOWN
    stone = Tombstone.objects.create(
        image_id=uuid7(), owner_id=uuid7(), purged_at=timezone.now() - timedelta(hours=2)
    )
    assert deletions().state is State.LATE
    Tombstone.objects.filter(pk=stone.pk).update(blobs_gone_at=timezone.now())
    assert deletions().state is State.SHOWN


def test_an_epoch_that_lives_too_long_is_owned_up_to() -> None:
    Backup.objects.create(
        name="fresh", epoch=1, made_at=timezone.now(), verified_at=timezone.now()
    )
    assert old_copies().state is State.SHOWN
    EpochKey.objects.create(
        number=1_000_000, fingerprint=b"x" * 32, made_at=timezone.now() - timedelta(days=23)
    )
    assert old_copies().state is State.LATE


def test_a_drill_that_did_not_pass_is_owned_up_to() -> None:
    now = timezone.now()
    Backup.objects.create(name="fresh", epoch=1, made_at=now, verified_at=now)
    Drill.objects.create(began_at=now, ended_at=now, engine="sqlite", finding="passed")
    assert old_copies().state is State.SHOWN
    Drill.objects.create(
        began_at=now, ended_at=now, engine="sqlite", finding="deleted_photo_came_back"
    )
    assert old_copies().state is State.LATE


def test_a_contract_that_is_over_is_owned_up_to() -> None:
    today = timezone.now().date()
    Processor.objects.create(
        name="Cables", role="delivers", country="DE", data="ciphertext", starts_on=today,
        contract_from=today - timedelta(days=9), contract_until=today - timedelta(days=1),
        announced_at=timezone.now() - timedelta(days=40),
    )
    assert processors().figures == {"count": 1, "over": 1}


def test_what_the_scrub_found_is_summed_over_thirty_days() -> None:
    today = timezone.now().date()
    for days in (0, 29, 30):
        ReadingDay.objects.create(day=today - timedelta(days=days), parts=10, damaged=1)
    assert health().figures == {"parts": 20, "damaged": 2, "mended": 0}


def test_the_signals_are_counted_as_they_are() -> None:
    found = signals()
    missing = [each.name for each in findings() if not each.is_there]
    assert found.figures["there"] == int(str(found.figures["all"])) - len(missing)
    assert (found.state is State.SHOWN) == (not missing)


@pytest.mark.parametrize("look_up", [deletions, old_copies, health, derivatives, processors])
def test_looking_up_costs_the_same_however_much_is_kept(
    look_up: Callable[[], object], alice: Account
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            look_up()
        return len(queries)

    before = count()
    for _ in range(5):
        store_image(alice)
    assert count() == before


def test_a_page_asked_for_often_looks_up_once(client: Client) -> None:
    cache.clear()
    client.get("/promises")
    with CaptureQueriesContext(connection) as queries:
        client.get("/promises")
    assert not queries.captured_queries
