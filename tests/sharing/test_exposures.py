"""Everything an account shares: one list of it, and one way out of all of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account, AuditEvent
from images.actions.counting import distrust_all_counts
from images.models import AlbumItem, Image, SyncEntry
from pocketvault.kernel.ids import uuid7
from sharing.models import (
    CollectLink,
    Grant,
    Group,
    GroupMember,
    GroupRole,
    History,
    LinkKeyWrap,
    SharedAlbum,
    SharedItem,
    ShareLink,
    Source,
    SubjectKind,
)
from tests.factories import app_of, make_account
from tests.images.making import sealed_record, store_image
from tests.sharing.linking import (
    API,
    KDF,
    Sharing,
    bring,
    drop_body,
    grant,
    guest_of,
    knock,
    make_collect_link,
    make_link,
    put_in,
    share_album,
    uploaded,
    visitor_of,
)

pytestmark = pytest.mark.django_db
PROOF = b"p" * 32
Shown = dict[str, object]


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


@pytest.fixture
def sharing(alice: Account) -> Sharing:
    return share_album(alice, store_image(alice), store_image(alice))


def listed(account: Account) -> list[Shown]:
    found: list[Shown] = app_of(account).get(f"{API}/exposures").json()["items"]
    return found


def by_kind(account: Account) -> dict[str, Shown]:
    return {str(each["kind"]): each for each in listed(account)}


def make_group(owner: Account, *members: Account) -> Group:
    group_id = uuid7()
    history = History.objects.create(pk=group_id, kind=SubjectKind.GROUP, owner_id=owner.pk)
    group = Group.objects.create(
        pk=group_id, history=history, made_at=timezone.now(), settings=sealed_record()
    )
    for account in (owner, *members):
        role = GroupRole.OWNER if account == owner else GroupRole.MEMBER
        GroupMember.objects.create(
            group=group, account=account, role=role, joined_at=timezone.now()
        )
    return group


def grant_group(sharing: Sharing, group: Group) -> Grant:
    return Grant.objects.create(
        shared_album=sharing.shared, group=group, role="viewer", can_download=False,
        made_at=timezone.now(), made_by_id=sharing.owner.pk,
    )


def share_everything(sharing: Sharing, bob: Account, mallory: Account) -> None:
    """A grant to bob, a group with mallory in it, a link, and a collect link."""
    grant(sharing, bob)
    grant_group(sharing, make_group(sharing.owner, mallory, bob))
    make_link(sharing, PROOF, view_limit=7, kdf=KDF)
    make_collect_link(sharing.owner, PROOF)


def test_nothing_is_shared_to_begin_with(alice: Account) -> None:
    assert listed(alice) == []


def test_each_way_in_is_listed_with_what_it_reveals(
    sharing: Sharing, alice: Account, bob: Account, mallory: Account
) -> None:
    share_everything(sharing, bob, mallory)
    today = timezone.now().date()
    Grant.objects.filter(account=bob).update(last_used_on=today - timedelta(days=3))
    knock(ShareLink.objects.get(), PROOF)

    shown = by_kind(alice)

    assert set(shown) == {"account", "group", "link", "collect-link"}
    person, group, link, collect = (
        shown[kind] for kind in ("account", "group", "link", "collect-link")
    )
    assert (person["account_id"], person["email"]) == (str(bob.pk), bob.email)
    assert (person["role"], person["can_download"]) == ("viewer", True)
    assert person["last_used_on"] == str(today - timedelta(days=3))
    assert (group["member_count"], group["can_download"], group["email"]) == (2, False, None)
    assert group["last_used_on"] is None
    assert (link["views"], link["view_limit"], link["last_used_on"]) == (1, 7, str(today))
    assert {each["album_id"] for each in (person, group, link)} == {str(sharing.album_id)}
    assert {each["item_count"] for each in (person, group, link)} == {2}
    assert {each["state"] for each in shown.values()} == {"live"}
    assert "album_id" not in collect
    assert collect["id"] == str(CollectLink.objects.get().pk)


def test_each_album_counts_the_photos_that_others_can_open_in_it(
    sharing: Sharing, alice: Account, bob: Account, mallory: Account
) -> None:
    binned = store_image(alice)
    another = share_album(alice, *(store_image(alice) for _ in range(3)), binned)
    for each in (sharing, another, share_album(alice), share_album(mallory, store_image(mallory))):
        grant(each, bob)
    until = timezone.now() + timedelta(days=9)
    Image.objects.filter(pk=binned.pk).update(binned_at=timezone.now(), purge_at=until)
    distrust_all_counts()

    counts = {each["album_id"]: each["item_count"] for each in listed(alice)}

    assert counts[str(sharing.album_id)] == 2
    assert counts[str(another.album_id)] == 3
    assert sorted(counts.values(), key=str) == [0, 2, 3]


def test_what_ended_is_not_listed(sharing: Sharing, alice: Account) -> None:
    now = timezone.now()
    expired, used_up, ended = (make_link(sharing, PROOF, view_limit=1) for _ in range(3))
    ShareLink.objects.filter(pk=expired.pk).update(expires_at=now)
    ShareLink.objects.filter(pk=used_up.pk).update(views=1)
    ShareLink.objects.filter(pk=ended.pk).update(ended_at=now)
    make_collect_link(alice, PROOF)
    CollectLink.objects.update(ended_at=now)

    assert listed(alice) == []


def test_what_sleeps_is_listed_as_asleep(sharing: Sharing, alice: Account) -> None:
    make_link(sharing, PROOF)
    make_collect_link(alice, PROOF)
    for model in (ShareLink, CollectLink):
        model.objects.update(asleep_since=timezone.now())

    assert {each["state"] for each in listed(alice)} == {"asleep"}


def test_recipients_see_nothing_of_what_is_shared_with_them(
    sharing: Sharing, bob: Account, mallory: Account
) -> None:
    share_everything(sharing, bob, mallory)

    assert listed(bob) == listed(mallory) == []


def test_the_list_costs_the_same_queries_whatever_its_length(
    sharing: Sharing, alice: Account, bob: Account, mallory: Account
) -> None:
    share_everything(sharing, bob, mallory)
    app, costs = app_of(alice), []
    app.get(f"{API}/exposures")
    for more in (0, 4):
        for number in range(more):
            another = share_album(alice, store_image(alice))
            share_everything(another, make_account(f"n{number}@example.org"), mallory)
        with CaptureQueriesContext(connection) as queries:
            answer = app.get(f"{API}/exposures")
        costs.append(len(queries))

    assert len(answer.json()["items"]) == 20
    assert costs[0] == costs[1] <= 7


def test_everything_ends_at_once(
    sharing: Sharing, alice: Account, bob: Account, mallory: Account
) -> None:
    share_everything(sharing, bob, mallory)
    visitor = visitor_of(ShareLink.objects.get(), PROOF)
    guest = guest_of(CollectLink.objects.get(), PROOF)
    bring(guest, drop_body(original=uploaded(guest, b"x")))

    assert app_of(alice).post(f"{API}/exposures/end-all").status_code == 204

    assert listed(alice) == []
    assert not Grant.objects.exists()
    assert not LinkKeyWrap.objects.exists()
    assert visitor.get(f"{API}/visits/album").status_code == 410
    assert guest.post(f"{API}/guest/uploads").status_code == 410
    assert SharedAlbum.objects.get().rotation_due_at is not None
    assert len(app_of(alice).get(f"{API}/drops").json()["items"]) == 1
    assert sharing.history.head_seq == 2
    gone = SyncEntry.objects.filter(kind="shared-album", is_deleted=True)
    assert set(gone.values_list("account", flat=True)) == {bob.pk, mallory.pk}
    own = SyncEntry.objects.filter(account=alice).values_list("kind", flat=True)
    assert {"shared-album", "collect-link"} <= set(own)
    assert AuditEvent.objects.filter(tag="sharing:all_ended", actor_id=alice.pk).count() == 1


def test_an_album_that_only_a_link_reached_is_due_for_a_new_key(
    sharing: Sharing, alice: Account
) -> None:
    quiet = share_album(alice)
    make_link(sharing, PROOF)

    app_of(alice).post(f"{API}/exposures/end-all")

    assert SharedAlbum.objects.get(pk=sharing.album_id).rotation_due_at is not None
    assert SharedAlbum.objects.get(pk=quiet.album_id).rotation_due_at is None


def test_contributed_photos_go_back_to_their_owners(
    sharing: Sharing, alice: Account, bob: Account
) -> None:
    image = store_image(bob)
    grant(sharing, bob)
    item = AlbumItem(album_id=sharing.album_id, image=image, version=1, added_at=timezone.now())
    item.seal(b"k" * 61).save()
    distrust_all_counts()
    SharedItem.objects.create(
        item=item, shared_album=sharing.shared, added_by_id=bob.pk, generation=1,
        source=Source.CONTENT, fields=b"f", entry_seq=1, commitment=bytes(32),
    )  # fmt: skip

    app_of(alice).post(f"{API}/exposures/end-all")

    assert Image.objects.filter(pk=image.pk).exists()
    assert not AlbumItem.objects.filter(image=image).exists()
    assert SharedItem.objects.count() == 2


def test_what_others_share_goes_on(sharing: Sharing, alice: Account, bob: Account) -> None:
    hers = share_album(bob, store_image(bob))
    grant(hers, alice)
    link = make_link(hers, PROOF)
    make_collect_link(bob, PROOF)

    app_of(alice).post(f"{API}/exposures/end-all")

    assert len(listed(bob)) == 3
    assert knock(link, PROOF).status_code == 201


def test_ending_everything_asks_for_a_fresh_proof(sharing: Sharing, alice: Account) -> None:
    make_link(sharing, PROOF)

    answer = app_of(alice, has_stepped_up=False).post(f"{API}/exposures/end-all")

    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")
    assert len(listed(alice)) == 1


def test_ending_everything_twice_is_harmless_and_a_late_repeat_ends_nothing(
    sharing: Sharing, alice: Account
) -> None:
    app, key = app_of(alice), {"HTTP_IDEMPOTENCY_KEY": "once"}
    assert [app.post(f"{API}/exposures/end-all", **key).status_code for _ in range(2)] == [204] * 2
    make_link(sharing, PROOF)

    app.post(f"{API}/exposures/end-all", **key)

    assert len(listed(alice)) == 1


def test_nothing_is_ended_by_halves(
    sharing: Sharing, alice: Account, bob: Account, mallory: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    share_everything(sharing, bob, mallory)
    put_in(sharing, store_image(alice))

    def dies(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("sharing.actions.ending.record_news", dies)
    with pytest.raises(RuntimeError):
        app_of(alice).post(f"{API}/exposures/end-all")

    assert len(listed(alice)) == 4
    assert LinkKeyWrap.objects.exists()
