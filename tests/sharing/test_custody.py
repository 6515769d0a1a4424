"""What sharing hands to a person about themselves, and what is left when they go."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.models import Account
from images.models import Album, Image, SyncEntry
from pocketvault.kernel.custody import custodians
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from sharing.actions.contacts import InvitationDraft, invite
from sharing.actions.groups import hand_over
from sharing.actions.known_keys import set_known_keys
from sharing.custody import SharingCustodian
from sharing.models import (
    Comment,
    Contact,
    ContactInvitation,
    Grant,
    Group,
    GroupMember,
    GroupRole,
    History,
    HistoryEntry,
    KnownKeys,
    Like,
    LinkKeyWrap,
    SharedAlbum,
    SharedItem,
    ShareLink,
    TimelineChoice,
    Visit,
)
from tests.factories import make_account, wrapped_key
from tests.images.making import sealed_record, store_image
from tests.sharing.signing_groups import (
    add_member,
    become_contacts,
    bring_photo,
    make_group,
    next_entry,
    own_photo,
    share_album,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]


def documents_of(account: Account) -> dict[str, object]:
    return {
        item.path: json.loads(b"".join(item.read()))
        for item in SharingCustodian().export(account.pk)
    }


def comment(shared: SharedAlbum, author: Account, image: Image | None = None) -> Comment:
    return Comment.objects.create(
        shared_album=shared, image=image, author=author, generation=1,
        ciphertext=sealed_record(), made_at=timezone.now(),
    )  # fmt: skip


def like(shared: SharedAlbum, author: Account, image: Image) -> Like:
    return Like.objects.create(
        shared_album=shared, image=image, author=author, generation=1,
        ciphertext=sealed_record(), made_at=timezone.now(),
    )  # fmt: skip


def link_to(shared: SharedAlbum, owner: Account) -> ShareLink:
    now = timezone.now()
    link = ShareLink(
        owner=owner, shared_album=shared, auth_digest=bytes(32), made_at=now,
        expires_at=now + timedelta(days=30), can_download=False,
    )  # fmt: skip
    link.seal(wrapped_key()).save()
    LinkKeyWrap(link=link, generation=1).seal(wrapped_key()).save()
    Visit.objects.create(link=link, token_digest=bytes(32), begun_at=now, ends_at=now)
    return link


@pytest.fixture
def everything(alice: Account, bob: Account, carol: Account) -> SharedAlbum:
    """Alice shares an album with a group and with carol; everybody said something."""
    group = make_group(alice, bob, carol)
    shared, his = share_album(alice, group, carol), share_album(bob, alice)
    own_photo(shared, alice)
    for album, who in ((shared, bob), (his, alice)):
        photo = bring_photo(album, who).item.image
        for author in (alice, bob, carol):
            comment(album, author, photo)
            like(album, author, photo)
    for author in (alice, bob):
        comment(his, author)
        TimelineChoice.objects.create(account=author, shared_album=shared)
    link_to(shared, alice)
    set_known_keys(1, sealed_record(), actor=alice)
    draft = InvitationDraft(email="eve@example.org", intent=sealed_record())
    invite(uuid7(), draft, actor=alice)
    asks = make_account("dora@example.org")
    draft = InvitationDraft(email=alice.email, intent=sealed_record())
    invite(uuid7(), draft, actor=asks)
    return shared


def test_everything_about_a_person_is_handed_out(
    alice: Account, bob: Account, carol: Account, everything: SharedAlbum
) -> None:
    found = documents_of(alice)

    contacts = found["sharing/contacts.json"]
    assert {each["account_id"] for each in contacts["items"]} == {str(bob.pk), str(carol.pk)}
    assert "eve@example.org" in [each["email"] for each in contacts["sent"]]
    assert [each["email"] for each in contacts["received"]] == ["dora@example.org"]
    assert found["sharing/known-keys.json"]["number"] == 1
    [group] = found["sharing/groups.json"]
    assert (group["role"], len(group["members"]), len(group["deliveries"])) == ("owner", 3, 1)
    albums = found["sharing/albums.json"]
    assert [each["album_id"] for each in albums["albums"]] == [str(everything.pk)]
    assert len(albums["grants"]) == 2
    assert len(albums["items"]) == 1  # what she brought to bob's album
    received = found["sharing/received.json"]
    assert len(received["grants"]) == len(received["deliveries"]) == 1
    assert len(received["in_timeline"]) == 1
    remarks = found["sharing/remarks.json"]
    assert (len(remarks["comments"]), len(remarks["likes"])) == (3, 2)
    [link] = found["sharing/links.json"]["links"]
    assert link["sealed"] == to_base64url(ShareLink.objects.get().open())
    assert len(found["sharing/links.json"]["visits"]) == 1
    assert len(found["sharing/history.json"]) == 3


def test_nothing_of_somebody_elses_is_handed_out(
    mallory: Account, everything: SharedAlbum
) -> None:
    text = json.dumps(documents_of(mallory))

    assert str(everything.pk) not in text
    assert "example.org" not in text


def test_whoever_never_was_gets_nothing() -> None:
    assert list(SharingCustodian().export(uuid7())) == []


def test_nothing_is_left_that_names_somebody_who_went(
    alice: Account, bob: Account, carol: Account, everything: SharedAlbum
) -> None:
    history_entries = HistoryEntry.objects.filter(author_id=alice.pk).count()
    his = SharedAlbum.objects.get(album__owner=bob)
    comment(his, carol, store_image(alice))  # about a photo of hers that is no longer in it

    assert SharingCustodian().erase(alice.pk) > 0

    left = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("sharing").get_models()
        for field in model._meta.get_fields()
        if getattr(field, "related_model", None) is Account
        and model._default_manager.filter(**{field.name: alice.pk}).exists()
    }
    assert left == set()
    for model in (KnownKeys, ShareLink, LinkKeyWrap, Visit):
        assert not model.objects.exists()
    assert not SharedAlbum.objects.filter(album__owner=alice).exists()
    assert not SharedItem.objects.filter(item__image__owner=alice).exists()
    assert not Comment.objects.filter(image__owner=alice).exists()
    assert not History.objects.filter(pk=everything.pk).exists()
    # The group goes on, and its chain with it.
    assert HistoryEntry.objects.filter(author_id=alice.pk).count() == history_entries
    assert Comment.objects.filter(author=bob).exists()
    assert Image.objects.filter(owner=bob).count() == 1
    assert SharingCustodian().erase(alice.pk) == 0


def test_the_others_hear_of_it(
    alice: Account, bob: Account, carol: Account, everything: SharedAlbum
) -> None:
    his = SharedAlbum.objects.get(album__owner=bob)
    SyncEntry.objects.all().delete()

    SharingCustodian().erase(alice.pk)

    news = set(SyncEntry.objects.values_list("account_id", "kind", "object_id", "is_deleted"))
    group = Group.objects.get()
    for account in (bob, carol):
        assert (account.pk, "contacts", account.pk, False) in news
        assert (account.pk, "group", group.pk, False) in news
        assert (account.pk, "shared-album", everything.pk, True) in news
    assert (bob.pk, "shared-album", his.pk, False) in news
    assert alice.pk not in {account_id for account_id, *_ in news}
    his.refresh_from_db()
    group.refresh_from_db()
    assert None not in (his.rotation_due_at, group.rotation_due_at)


def test_the_photo_somebody_else_brought_stays_theirs(
    alice: Account, bob: Account, everything: SharedAlbum
) -> None:
    for custodian in custodians():
        custodian.erase(alice.pk)

    assert not Account.objects.filter(pk=alice.pk).exists()
    assert not Album.objects.filter(pk=everything.pk).exists()
    assert Image.objects.filter(owner=bob).count() == 1


def roles_in(group: Group) -> dict[object, str]:
    return dict(GroupMember.objects.filter(group=group).values_list("account_id", "role"))


def test_a_group_goes_to_whoever_has_managed_it_longest(
    alice: Account, bob: Account, carol: Account, mallory: Account
) -> None:
    group = make_group(alice, bob, managers=[carol, mallory])
    GroupMember.objects.filter(account=bob).update(joined_at=timezone.now() - timedelta(days=9))

    SharingCustodian().erase(alice.pk)

    assert roles_in(group) == {bob.pk: "member", carol.pk: "owner", mallory.pk: "manager"}


def test_without_a_manager_it_goes_to_whoever_has_been_in_it_longest(
    alice: Account, bob: Account, carol: Account
) -> None:
    group = make_group(alice, bob, carol)
    GroupMember.objects.filter(account=carol).update(joined_at=timezone.now() - timedelta(days=9))

    SharingCustodian().erase(alice.pk)

    assert roles_in(group) == {carol.pk: "owner", bob.pk: "member"}


def test_an_heir_signs_for_themselves(alice: Account, bob: Account, carol: Account) -> None:
    group = make_group(alice, bob, carol)
    SharingCustodian().erase(alice.pk)

    hand_over(group.pk, bob.pk, next_entry(bob, group), actor=bob)

    assert roles_in(group) == {bob.pk: "owner", carol.pk: "member"}
    assert HistoryEntry.objects.filter(history=group.pk, author_id=bob.pk).count() == 1


def test_a_group_without_anybody_ends(alice: Account, bob: Account) -> None:
    group = make_group(alice)
    share_album(bob, group)

    SharingCustodian().erase(alice.pk)

    assert not Group.objects.exists()
    assert not Grant.objects.exists()
    assert not History.objects.filter(pk=group.pk).exists()


def test_a_member_who_goes_leaves_the_group_to_the_others(
    alice: Account, bob: Account, carol: Account
) -> None:
    group = make_group(alice, bob)
    add_member(group, carol, alice, role=GroupRole.MANAGER)

    SharingCustodian().erase(bob.pk)

    assert roles_in(group) == {alice.pk: "owner", carol.pk: "manager"}
    group.refresh_from_db()
    assert group.rotation_due_at is not None


def test_invitations_to_somebody_who_went_go_too(alice: Account, bob: Account) -> None:
    become_contacts(alice, bob)
    draft = InvitationDraft(email="eve@example.org", intent=sealed_record())
    invite(uuid7(), draft, actor=alice)
    eve = make_account("eve@example.org")

    SharingCustodian().erase(eve.pk)
    SharingCustodian().erase(bob.pk)

    assert not ContactInvitation.objects.exists()
    assert not Contact.objects.exists()
