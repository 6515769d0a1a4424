"""Everything that was shared and ended since the backup: one world, one restore, nothing back."""

from __future__ import annotations

import secrets
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.actions.passkeys import remove_passkey
from accounts.actions.preferences import change_preferences
from accounts.actions.sessions import fresh_step_up
from accounts.audit import AuditTag
from accounts.models import Account, AuditEvent, DigestRhythm, Passkey, Preferences
from images.actions.albums import delete_album
from images.actions.disposal import purge_image
from images.models import Album, Image
from rights.actions.archives import remove_archive
from rights.actions.tracking import place_hold, release_hold
from rights.models import Archive, ArchiveKey, HeldEnvelope
from sharing.actions.collecting import end_collect_link
from sharing.actions.contacts import end_contact
from sharing.actions.ending import end_everything
from sharing.actions.group_members import end_membership
from sharing.actions.groups import hand_over
from sharing.actions.links import end_links
from sharing.actions.withholding import reinstate, withhold
from sharing.models import (
    CollectLink,
    Contact,
    Grant,
    Group,
    GroupMember,
    Publication,
    SharedAlbum,
    ShareLink,
)
from sharing.models.group import GroupRole
from tests import factories
from tests.images.making import store_image
from tests.rights.places import backed_up, own_places, restored
from tests.rights.test_archives import made
from tests.sharing import signing_groups
from tests.sharing.linking import make_collect_link
from tests.sharing.signing_albums import (
    act,
    give,
    group_of,
    know,
    link_to,
    person,
    photo,
    shared_album,
)
from tests.sharing.visitors.live import open_profile, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_places")]
__all__ = ["own_places"]


@transaction.atomic
def leave(group: Group, account: Account) -> None:
    """What `leave_group` does, without the signed entry that a made-up history could not take."""
    end_membership(GroupMember.objects.get(group=group, account=account))
    audit.record(AuditTag.GROUP_LEFT, actor=account, subject_id=group.pk)


def test_what_was_shared_and_ended_stays_ended(
    alice: Account, bob: Account, mallory: Account, grace: Account
) -> None:
    """A grant revoked, a group left, a contact, a link, a collect link and a passkey ended."""
    owner, friend, other, third = map(person, (alice, bob, mallory, grace))
    for each in (friend, other, third):
        know(owner, each)
    album = shared_album(owner, [photo(owner)])
    revoked, kept = give(owner, album, friend), give(owner, album, other)
    group, closed = group_of(owner, friend), group_of(owner, other)
    link, collecting = link_to(owner, album), make_collect_link(alice, secrets.token_bytes(32))
    session = factories.open_session(alice, step_up_until=fresh_step_up()).session
    passkey, kept_passkey = factories.add_passkey(alice), factories.add_passkey(alice)
    path = backed_up()

    assert act(owner, album, f"grants/{revoked}/revoke").status_code == 200
    leave(group, bob)
    assert owner.app.delete(f"/api/v1/groups/{closed.pk}").status_code == 204
    end_contact(grace.pk, actor=alice)
    end_collect_link(collecting, actor=alice)
    remove_passkey(session, passkey.pk)
    with transaction.atomic():
        end_links(ShareLink.objects.filter(pk=link.pk), actor=alice)

    with restored(path):
        assert set(Grant.objects.values_list("pk", flat=True)) == {kept}
        assert SharedAlbum.objects.get().rotation_due_at is not None
        assert [m.account_id for m in GroupMember.objects.filter(group=group)] == [alice.pk]
        assert not Group.objects.filter(pk=closed.pk).exists()
        assert not Contact.objects.filter(account=alice, other=grace).exists()
        assert Contact.objects.filter(account=alice, other=bob).exists()
        assert CollectLink.objects.get().ended_at is not None
        assert ShareLink.objects.get().ended_at is not None
        assert [p.pk for p in Passkey.objects.all()] == [kept_passkey.pk]


def test_ending_everything_is_done_again(alice: Account, bob: Account) -> None:
    owner, friend = person(alice), person(bob)
    know(owner, friend)
    album = shared_album(owner, [photo(owner)])
    give(owner, album, friend)
    path = backed_up()
    end_everything(actor=alice)
    with restored(path):
        assert not Grant.objects.exists()


def test_an_objection_holds_after_a_restore(alice: Account) -> None:
    change_preferences(alice, {"digest": DigestRhythm.WEEKLY.value})
    path = backed_up()
    change_preferences(alice, {"digest": DigestRhythm.OFF.value})
    with restored(path):
        assert Preferences.objects.get(account=alice).digest == DigestRhythm.OFF.value


def test_who_may_less_does_not_get_it_back(alice: Account, bob: Account, grace: Account) -> None:
    """A manager of an album becomes a viewer, a viewer may take nothing along any more, a
    manager of a group becomes a member, and a group has another owner. What was raised stays.
    """
    owner, friend, other = map(person, (alice, bob, grace))
    for each in (friend, other):
        know(owner, each)
    album = shared_album(owner, [photo(owner)])
    lowered = give(owner, album, friend, role="manager", can_download=True)
    untaken = give(owner, album, other, can_download=True)
    group = signing_groups.make_group(alice, grace, managers=[bob])
    handed = signing_groups.make_group(alice, bob)
    path = backed_up()

    give(owner, album, friend, grant_id=lowered, role="viewer", can_download=True)
    give(owner, album, other, grant_id=untaken)
    signing_groups.add_member(group, bob, alice)
    signing_groups.add_member(group, grace, alice, role=GroupRole.MANAGER)
    hand_over(handed.pk, bob.pk, signing_groups.next_entry(alice, handed), actor=alice)

    with restored(path):
        assert tuple_of(lowered) == ("viewer", True)
        assert tuple_of(untaken) == ("viewer", False)
        # What somebody gained since is lost, like everything that ended nothing.
        assert roles_in(group) == {alice.pk: "owner", bob.pk: "member", grace.pk: "member"}
        assert roles_in(handed) == {alice.pk: "manager", bob.pk: "owner"}


def tuple_of(grant_id: UUID) -> tuple[str, bool]:
    grant = Grant.objects.get(pk=grant_id)
    return grant.role, grant.can_download


def roles_in(group: Group) -> dict[UUID, str]:
    return dict(GroupMember.objects.filter(group=group).values_list("account_id", "role"))


def test_a_deleted_album_stays_deleted_and_its_photos_stay(alice: Account, bob: Account) -> None:
    owner, friend = person(alice), person(bob)
    know(owner, friend)
    image = photo(owner)
    gone, kept = shared_album(owner, [image]), shared_album(owner, [image])
    give(owner, gone, friend)
    path = backed_up()
    delete_album(gone, actor=alice)

    with restored(path):
        assert [album.pk for album in Album.objects.all()] == [kept.pk]
        assert Image.objects.filter(pk=image.pk).exists()
        assert not Grant.objects.exists()


def test_an_archive_that_ended_is_not_there_again(alice: Account) -> None:
    store_image(alice)
    removed, kept = made(alice), made(alice)
    path = backed_up()
    remove_archive(removed.pk, actor=alice)

    with restored(path):
        assert [each.pk for each in Archive.objects.all()] == [kept.pk]
        assert set(ArchiveKey.objects.values_list("archive_id", flat=True)) == {kept.pk}


def test_a_hold_is_kept_and_its_end_too(alice: Account) -> None:
    """Of a photo that was held and then deleted since, the keys are in custody; of one whose
    hold ended since, they are not.
    """
    released, held, free = (store_image(alice) for _ in range(3))
    place_hold([released.pk])
    purge_image(released, actor=alice)
    path = backed_up()
    release_hold([released.pk])
    place_hold([held.pk])
    for image in (held, free):
        purge_image(Image.objects.get(pk=image.pk), actor=alice)

    with restored(path):
        kept = set(HeldEnvelope.objects.values_list("image_id", flat=True))
        assert kept == {held.pk}
        assert not Image.objects.exists()
    assert not AuditEvent.objects.filter(tag__startswith="hold").exists()


def test_what_was_withheld_stays_so_and_what_was_reinstated_comes_back(alice: Account) -> None:
    open_profile(alice)
    gone, back = publish(alice, 1, long_edge=32), publish(alice, 2, long_edge=32)
    withhold([back.pk], at=timezone.now(), actor=None)
    path = backed_up()

    withhold([gone.pk], at=timezone.now(), actor=None)
    reinstate([back.pk], actor=None)

    with restored(path):
        assert Publication.objects.get(pk=gone.pk).withheld_at is not None
        assert Publication.objects.get(pk=back.pk).withheld_at is None
