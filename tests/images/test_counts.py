"""The counts of months and albums: right after everything that changes one, whoever else writes
at the same moment; counted by the reader where they do not hold, and made anew.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from accounts.models import Account, Preferences
from images.actions import counting, disposal
from images.actions.albums import (
    AlbumDraft,
    ItemDraft,
    add_items,
    change_settings,
    create_album,
    delete_album,
    remove_items,
)
from images.actions.correcting import Revision, add_corrections
from images.actions.feed import record_changes
from images.actions.marking import Marks, set_many_marks
from images.actions.storing import commit_image
from images.counts import SAME, CountChange, items_in_album
from images.custody import ImagesCustodian
from images.models import (
    Album,
    AlbumCount,
    AlbumItem,
    ChangeKind,
    ComparedDay,
    FeedHead,
    Image,
    MonthCount,
)
from images.models.image import month_of
from pocketvault.kernel.ids import uuid7
from pocketvault.operating.examination import State, examine
from tests.factories import app_of, wrapped_key
from tests.images.conftest import QueryCounter
from tests.images.counting import assert_counted, holds, kept_of, plain_albums, plain_months
from tests.images.making import draft, sealed_record, store_image

pytestmark = pytest.mark.usefixtures("own_store")
API = "/api/v1"
MOST_PHOTOS, MOST_ALBUMS = 12, 4


def new_album(owner: Account) -> Album:
    album_id = uuid7()
    create_album(
        album_id, AlbumDraft(wrapped_album_key=wrapped_key(), settings=sealed_record()),
        actor=owner,
    )  # fmt: skip
    return Album.objects.get(pk=album_id)


def put_in(album: Album, images: list[Image], owner: Account) -> None:
    drafts = [
        ItemDraft(image_id=each.pk, version=1, wrapped_content_key=wrapped_key())
        for each in images
    ]
    add_items(album, drafts, actor=owner)


def bin_of(owner: Account, days: int = 30) -> None:
    Preferences.objects.update_or_create(account=owner, defaults={"recycle_bin_days": days})


def said(owner: Account) -> tuple[dict[int, int], dict[str, int]]:
    """What the API tells of months and albums."""
    app = app_of(owner)
    buckets = app.get(f"{API}/timeline").json()["buckets"]
    albums = app.get(f"{API}/albums").json()["items"]
    return (
        {int(each["month"].replace("-", "")): each["count"] for each in buckets},
        {each["id"]: each["item_count"] for each in albums},
    )


def counted_plainly(owner: Account) -> tuple[dict[int, int], dict[str, int]]:
    there = dict.fromkeys(Album.objects.owned_by(owner).values_list("pk", flat=True), 0)
    albums = {**there, **plain_albums(owner.pk)}
    return plain_months(owner.pk), {str(each): count for each, count in albums.items()}


class Walk:
    """One library, changed step by step in every way there is."""

    def __init__(self, owner: Account, chance: random.Random) -> None:
        self.owner, self.chance = owner, chance

    def some(self, most: int = 4) -> list[Image]:
        images = list(Image.objects.owned_by(self.owner).order_by("pk"))
        return self.chance.sample(images, min(len(images), self.chance.randint(0, most)))

    def album(self) -> Album:
        albums = list(Album.objects.owned_by(self.owner).order_by("pk"))
        return self.chance.choice(albums) if albums else new_album(self.owner)

    def upload(self) -> None:
        if Image.objects.owned_by(self.owner).count() < MOST_PHOTOS:
            with time_machine.travel(timezone.now() + timedelta(days=self.chance.randint(0, 90))):
                commit_image(uuid7(), draft(self.owner), actor=self.owner)

    def put_away(self) -> None:
        bin_of(self.owner)
        disposal.bin_images([each.pk for each in self.some()], actor=self.owner)

    def take_out(self) -> None:
        """Of what is in the bin, where there is nothing at first something; and of what is not."""
        self.put_away()
        put_away = Image.objects.owned_by(self.owner).exclude(binned_at=None).order_by("pk")
        chosen = [*put_away[:2], *self.some(2)]
        disposal.restore_images([each.pk for each in chosen], actor=self.owner)

    def purge(self) -> None:
        disposal.purge_images([each.pk for each in self.some()], actor=self.owner)

    def purge_without_a_bin(self) -> None:
        bin_of(self.owner, 0)
        disposal.bin_images([each.pk for each in self.some(2)], actor=self.owner)

    def do_again(self) -> None:
        """What a restore does."""
        ids = [each.pk for each in self.some(2)]
        again = self.chance.choice(
            [
                lambda: disposal.bin_again(
                    ids, owner_id=self.owner.pk, binned_at=timezone.now()
                ),
                lambda: disposal.take_out_again(ids, owner_id=self.owner.pk),
                lambda: disposal.purge_again(ids, owner_id=self.owner.pk),
            ]
        )
        again()

    def empty_the_bin(self) -> None:
        with time_machine.travel(timezone.now() + timedelta(days=40)):
            disposal.purge_due_images()

    def correct(self) -> None:
        """A photo's date among them: it is ciphertext, and no count depends on it."""
        add_corrections(
            {
                each.pk: Revision(each.corrections_revision + 1, sealed_record())
                for each in self.some()
            },
            actor=self.owner,
        )

    def mark(self) -> None:
        set_many_marks(
            {each.pk: Marks(each.marks_number + 1, sealed_record()) for each in self.some()},
            actor=self.owner,
        )

    def make_album(self) -> None:
        if Album.objects.owned_by(self.owner).count() < MOST_ALBUMS:
            new_album(self.owner)

    def rename_album(self) -> None:
        album = self.album()
        change_settings(album, album.settings_number + 1, sealed_record(), actor=self.owner)

    def fill_album(self) -> None:
        put_in(self.album(), self.some(8), self.owner)

    def take_from_album(self) -> None:
        remove_items(self.album(), [each.pk for each in self.some(8)], actor=self.owner)

    def take_album_apart(self) -> None:
        delete_album(self.album(), actor=self.owner)

    def change_in_one_transaction(self) -> None:
        with transaction.atomic():
            self.fill_album()
            self.purge()
            self.take_from_album()

    def give_up(self) -> None:
        """Killed before it committed, nothing was."""
        with transaction.atomic():
            self.purge()
            self.fill_album()
            transaction.set_rollback(True)


STEPS: tuple[Callable[[Walk], None], ...] = tuple(
    value for name, value in vars(Walk).items()
    if callable(value) and name not in ("__init__", "some", "album")
)  # fmt: skip


def check(owner: Account) -> None:
    assert_counted()
    assert said(owner) == counted_plainly(owner)


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.integers(0, len(STEPS) - 1), min_size=4, max_size=9), seed=st.integers())
def test_after_every_step_what_is_kept_is_what_is_counted(
    alice: Account, steps: list[int], seed: int
) -> None:
    walk = Walk(alice, random.Random(seed))
    walk.upload()
    for step in steps:
        STEPS[step](walk)
        check(alice)
        assert holds(alice.pk)


def test_every_step_there_is_taken_many_times(alice: Account, mallory: Account) -> None:
    """Beside somebody else's, which stay as they are; and at the end nothing is left."""
    chance = random.Random(20261129)
    walk, other = Walk(alice, chance), Walk(mallory, chance)
    for _ in range(3):
        other.upload()
    put_in(new_album(mallory), list(Image.objects.owned_by(mallory)), mallory)
    before = said(mallory)
    for _ in range(5):
        for step in chance.sample(STEPS, len(STEPS)):
            walk.upload()
            step(walk)
            check(alice)
            assert holds(alice.pk)
    assert said(mallory) == before == counted_plainly(mallory)

    ImagesCustodian().erase(alice.pk)

    assert not MonthCount.objects.filter(account=alice).exists()
    assert not AlbumCount.objects.filter(account=alice).exists()
    assert not FeedHead.objects.filter(account=alice).exists()
    assert said(mallory) == before


def test_the_old_release_writes_and_the_reader_counts(alice: Account) -> None:
    """It moves only ``seq``, and knows of nothing else."""
    gone, kept = store_image(alice), store_image(alice)
    album = new_album(alice)
    put_in(album, [gone, kept], alice)
    with transaction.atomic():
        AlbumItem.objects.filter(image=gone).delete()
        Image.objects.filter(pk=gone.pk).update(binned_at=timezone.now(), purge_at=timezone.now())
        FeedHead.objects.filter(pk=alice.pk).update(seq=F("seq") + 1)

    assert not holds(alice.pk)
    assert said(alice) == ({kept.stored_month: 1}, {str(album.pk): 1})

    # This release goes on beside it, and makes nothing of what does not hold.
    put_in(album, [store_image(alice)], alice)
    assert not holds(alice.pk)
    assert said(alice) == ({kept.stored_month: 2}, {str(album.pk): 2})

    assert counting.count_anew() == 1
    assert holds(alice.pk)
    assert counting.count_anew() == 0
    check(alice)


def test_of_what_does_not_hold_nothing_stays_when_it_goes(alice: Account) -> None:
    album = new_album(alice)
    image = store_image(alice)
    put_in(album, [image], alice)
    counting.distrust_all_counts()

    delete_album(album, actor=alice)
    disposal.purge_images([image.pk], actor=alice)

    assert not AlbumCount.objects.exists()
    assert not MonthCount.objects.exists()


def test_an_erased_account_leaves_no_count_that_did_not_hold(alice: Account) -> None:
    """What an old process left behind, which the sweep had not come to."""
    store_image(alice)
    counting.distrust_all_counts()
    MonthCount.objects.create(account=alice, month=202601, count=3)
    AlbumCount.objects.create(account=alice, album_id=uuid7(), count=3)

    ImagesCustodian().erase(alice.pk)

    assert not MonthCount.objects.exists()
    assert not AlbumCount.objects.exists()


def test_whoever_says_nothing_of_the_counts_leaves_them_to_be_made_anew(alice: Account) -> None:
    store_image(alice)
    record_changes(alice.pk, "group", [uuid7()])
    assert holds(alice.pk)

    record_changes(alice.pk, ChangeKind.IMAGE, [uuid7()])

    assert not holds(alice.pk)
    counting.count_anew()
    assert holds(alice.pk)


def test_a_count_that_was_wrong_is_found_put_right_and_told(
    alice: Account, bob: Account
) -> None:
    store_image(alice)
    store_image(bob)
    FeedHead.objects.filter(account=alice).update(newest_count=7)
    assert state_of("counts") is State.WELL

    start = timezone.now()
    found = []
    for day in range(counting.COMPARED_WITHIN_DAYS):
        with time_machine.travel(start + timedelta(days=day)):
            found.append(counting.compare_counts())
            assert counting.wrong_lately() == sum(found[-7:])
            if found[-1]:
                assert state_of("counts") is State.WARNED

    assert sum(found) == 1
    assert sum(ComparedDay.objects.values_list("accounts", flat=True)) == 2
    assert sum(ComparedDay.objects.values_list("wrong", flat=True)) == 1
    check(alice)


def state_of(name: str) -> State:
    [found] = [each.state for each in examine() if each.name == name]
    return found


@pytest.mark.django_db(transaction=True)
def test_a_count_below_nothing_was_wrong_and_holds_no_more(alice: Account) -> None:
    image = store_image(alice)
    FeedHead.objects.update(newest_count=0)

    disposal.purge_images([image.pk], actor=alice)

    assert not holds(alice.pk)
    assert counting.wrong_lately() == 1
    assert said(alice) == ({}, {})
    counting.count_anew()
    check(alice)


def test_months_and_albums_cost_the_same_with_ten_times_as_much(
    alice: Account, alice_app: APIClient, counted: QueryCounter
) -> None:
    """And touch neither photos nor places in albums, which is where growing would come from."""
    album = new_album(alice)

    def cost(path: str) -> tuple[int, str]:
        with counted() as queries:
            alice_app.get(f"{API}/{path}")
        return len(queries), " ".join(each["sql"] for each in queries.captured_queries)

    def both() -> tuple[int, int]:
        months, asked = cost("timeline")
        assert '"images_image"' not in asked
        return months, cost("albums")[0]

    put_in(album, [store_image(alice) for _ in range(2)], alice)
    few = both()
    put_in(album, [store_image(alice) for _ in range(18)], alice)

    assert both() == few == (2, 4)


def test_places_in_albums_are_not_even_looked_at_while_the_counts_hold(alice: Account) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite does not tell which part of a plan was never run")
    put_in(new_album(alice), [store_image(alice)], alice)
    albums = Album.objects.owned_by(alice).values_list("pk", items_in_album())

    def looks() -> list[str]:
        lines = albums.explain(analyze=True).splitlines()
        return [each for each in lines if "images_albumitem" in each]

    assert looks()
    assert all("never executed" in each for each in looks())
    counting.distrust_all_counts()
    assert not all("never executed" in each for each in looks())


def test_a_photo_of_the_newest_month_asks_nothing_more_for_its_count(
    alice: Account, counted: QueryCounter
) -> None:
    store_image(alice)
    image_id = uuid7()
    ready = draft(alice)
    with counted() as queries:
        commit_image(image_id, ready, actor=alice)
        disposal.purge_images([image_id], actor=alice)
    assert not [each for each in queries.captured_queries if "monthcount" in each["sql"]]


def test_a_newer_month_takes_the_place_of_the_newest(alice: Account) -> None:
    for days in (0, 40, 80, 80):
        with time_machine.travel(datetime(2026, 9, 1, 12, tzinfo=UTC) + timedelta(days=days)):
            image = store_image(alice)
    assert kept_of(alice.pk)[0] == {202609: 1, 202610: 1, 202611: 2}
    assert said(alice)[0] == {202611: 2, 202610: 1, 202609: 1}

    first = Image.objects.get(stored_month=202609)
    disposal.purge_images([first.pk, image.pk], actor=alice)

    assert list(MonthCount.objects.values_list("month", "count")) == [(202610, 1)]
    check(alice)


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_count_each_photo_once(alice: Account) -> None:
    """Uploads, purges, and albums filled, emptied and taken apart at the same moment, with a
    sweep and a comparison between them.
    """
    bin_of(alice)
    stored = [store_image(alice) for _ in range(16)]
    albums = [new_album(alice) for _ in range(3)]
    for album in albums:
        put_in(album, stored[:8], alice)
    ready = [draft(alice) for _ in range(8)]
    failures: list[BaseException] = []
    acts: list[Callable[[], object]] = [
        *(lambda each=each: commit_image(uuid7(), each, actor=alice) for each in ready),
        *(lambda each=each: disposal.purge_images([each.pk], actor=alice) for each in stored[:6]),
        *(
            lambda each=each, act=act: act([each.pk], actor=alice)
            for each in stored[4:9]
            for act in (disposal.bin_images, disposal.restore_images)
        ),
        *(
            lambda album=album: remove_items(
                album, [each.pk for each in stored[2:7]], actor=alice
            )
            for album in albums
        ),
        *(lambda album=album: put_in(album, stored[9:], alice) for album in albums[:2]),
        lambda: delete_album(albums[2], actor=alice),
        counting.distrust_all_counts,
        *[counting.count_anew] * 4,
        *[lambda: counting._compare(alice.pk)] * 3,
    ]
    random.Random(4).shuffle(acts)
    begin = threading.Barrier(4)

    def work(mine: list[Callable[[], object]]) -> None:
        begin.wait(30)
        try:
            for act in mine:
                act()
        except Album.DoesNotExist:
            pass
        except BaseException as error:  # noqa: BLE001 - told by the test itself
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(acts[place::4],)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert [type(each).__name__ for each in failures if not _is_gone(each)] == []
    assert said(alice) == counted_plainly(alice)
    assert counting.wrong_lately() == 0
    counting.count_anew()
    check(alice)


def _is_gone(error: BaseException) -> bool:
    """Whoever comes after somebody else deleted it hears that."""
    return type(error).__name__ == "NotFoundError"


@pytest.mark.django_db(transaction=True)
def test_a_sweep_waits_for_who_changed_and_is_followed_by_who_will_say(alice: Account) -> None:
    """The sweep counts between a photo's row and its line in the feed: the line adds it then."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time, so nobody is between the two")
    store_image(alice)
    counting.distrust_all_counts()
    now = timezone.now()
    is_in, may_go = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            image = Image(
                pk=uuid7(), owner=alice, stored_at=now, stored_month=month_of(now)
            )
            image.save(force_insert=True)
            is_in.set()
            may_go.wait(30)
            come = CountChange.of_images([image], by=1)
            record_changes(alice.pk, ChangeKind.IMAGE, [image.pk], change=come)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    is_in.wait(30)
    assert counting.count_anew() == 1
    may_go.set()
    writer.join(30)

    assert holds(alice.pk)
    assert sum(plain_months(alice.pk).values()) == 2
    assert_counted()


def test_nothing_said_and_nothing_changed_are_two_things() -> None:
    assert not SAME
    assert CountChange(months={202611: 1})
    assert not CountChange(months={202611: 1}) + CountChange(months={202611: -1})
