"""What sharing keeps about a person, and how it is shown and removed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet

from accounts.models import Account
from pocketvault.kernel.custody import CONSENT, INTERESTS, Custodian, ExportItem, Keeping, register
from pocketvault.kernel.fields import to_base64url
from sharing.actions.erasing import erase_batch, erase_person
from sharing.api.contact_documents import contacts_document, known_keys_document
from sharing.api.group_documents import group_documents
from sharing.api.recovery_documents import recovery_facts
from sharing.models import (
    AlbumKeyDelivery,
    CollectLink,
    Comment,
    Digest,
    Drop,
    DropPart,
    Grant,
    Group,
    HistoryEntry,
    Like,
    SharedAlbum,
    SharedItem,
    ShareLink,
    TimelineChoice,
    Visit,
)
from sharing.publication_export import picture_items, profile_facts, publication_facts

_RELATIONS = ("user.social",)
_CONTENT = ("user.content.private",)
_KEYS = ("user.authorization",)
_USE = ("user.behavior",)
_WITH_THE_GRANT = "until the grant ends"
_WITH_THE_SHARING = "until the album is no longer shared"
_WITH_THE_MEMBERSHIP = "until you leave the group"
_WITH_THE_CHAIN = "as long as the group or shared album: others check by it that nothing is missing"
_IN_WAITING = "until you take it in or refuse it, at most 30 days"
_SHOWN = ("user.content.public",)
_WITH_THE_PUBLICATION = "until you withdraw it, or delete the photo"
_WITH_THE_LINK = "until 90 days after the link ended"


class SharingCustodian(Custodian):
    """Answers for who knows whom, who may see what, and what was said about it."""

    app_label = "sharing"
    keeps: tuple[Keeping, ...] = (
        Keeping(
            model="Contact", owner_path="account", categories=_RELATIONS,
            retention="until either of you ends it",
        ),
        Keeping(
            model="ContactInvitation", owner_path="inviter",
            categories=("user.contact.email", *_RELATIONS),
            retention="30 days, or until it is withdrawn or done with",
        ),
        Keeping(
            model="KnownKeys", owner_path="account", categories=_RELATIONS,
            retention="as long as the account",
        ),
        Keeping(
            model="Group", owner_path="history__owner_id", categories=_CONTENT,
            retention="until its owner deletes it, or nobody is left in it",
        ),
        Keeping(
            model="GroupMember", owner_path="account", categories=_RELATIONS,
            retention=_WITH_THE_MEMBERSHIP,
        ),
        Keeping(
            model="GroupKeyDelivery", owner_path="member__account", categories=_KEYS,
            retention=_WITH_THE_MEMBERSHIP,
        ),
        Keeping(
            model="History", owner_path="owner_id", categories=("user.unique_id",),
            retention=_WITH_THE_CHAIN,
        ),
        Keeping(
            model="HistoryEntry", owner_path="author_id", categories=("user.unique_id",),
            retention=_WITH_THE_CHAIN,
        ),
        Keeping(
            model="SharedAlbum", owner_path="album__owner", categories=_RELATIONS,
            retention=_WITH_THE_SHARING,
        ),
        Keeping(
            model="Grant", owner_path="account", categories=(*_RELATIONS, *_USE),
            retention=_WITH_THE_GRANT,
        ),
        Keeping(
            model="AlbumKeyDelivery", owner_path="grant__account", categories=_KEYS,
            retention=_WITH_THE_GRANT,
        ),
        Keeping(
            model="SharedItem", owner_path="item__image__owner", categories=_CONTENT,
            retention="until the photo leaves the shared album",
        ),
        Keeping(
            model="TimelineChoice", owner_path="account", categories=_USE,
            retention=_WITH_THE_GRANT,
        ),
        Keeping(
            model="Comment", owner_path="author", categories=_CONTENT,
            retention="until it or its photo is deleted, or the album is no longer shared",
        ),
        Keeping(
            model="Like", owner_path="author", categories=_CONTENT,
            retention="until it or its photo is deleted, or the album is no longer shared",
        ),
        Keeping(
            model="Digest", owner_path="account", categories=_USE,
            retention="until you turn the mails off", legal_basis=CONSENT,
        ),
        Keeping(
            model="Ending", owner_path="account", categories=_USE,
            retention="until all that you shared has ended, some minutes",
        ),
        Keeping(
            model="ShareLink", owner_path="owner", categories=_KEYS, retention=_WITH_THE_LINK
        ),
        Keeping(
            model="LinkKeyWrap", owner_path="link__owner", categories=_KEYS,
            retention=_WITH_THE_LINK,
        ),
        Keeping(
            model="Visit", owner_path=None, categories=_USE,
            retention="one hour: a random number and two times, and nothing of the visitor",
        ),
        Keeping(
            model="CollectLink", owner_path="owner", categories=_KEYS, retention=_WITH_THE_LINK
        ),
        Keeping(
            model="GuestVisit", owner_path=None, categories=_USE,
            retention="one hour: a random number and two times, and nothing of the visitor",
        ),
        Keeping(
            model="RecoverySetup", owner_path="account", categories=(*_KEYS, *_RELATIONS),
            retention="as long as the account; once it ended, a number and two times",
        ),
        Keeping(
            model="RecoveryShare", owner_path="contact", categories=(*_KEYS, *_RELATIONS),
            retention="until it is replaced or ended, or you are no contacts any more",
        ),
        Keeping(
            model="RecoveryRequest", owner_path="account",
            categories=("user.contact.email", *_KEYS),
            retention="an hour, unless confirmed; without keys until 30 days after it ended",
        ),
        Keeping(
            model="RecoveryAnswer", owner_path="contact", categories=_KEYS,
            retention="until what was asked has ended",
        ),
        Keeping(model="Drop", owner_path="owner", categories=_CONTENT, retention=_IN_WAITING),
        Keeping(
            model="DropPart", owner_path="drop__owner", categories=_CONTENT,
            retention=_IN_WAITING,
        ),
        Keeping(
            model="Profile", owner_path="owner", categories=_SHOWN,
            retention="until you delete your profile",
        ),
        Keeping(
            model="RestingName", owner_path=None, categories=("user.unique_id",),
            retention="90 days after a profile gave its name up",
        ),
        Keeping(
            model="PublicAlbum", owner_path="profile__owner", categories=_SHOWN,
            retention="until you remove it",
        ),
        Keeping(
            model="Publication", owner_path="owner", categories=_SHOWN,
            retention=_WITH_THE_PUBLICATION,
        ),
        Keeping(
            model="PublicationEnvelope", owner_path="publication__owner", categories=_KEYS,
            retention=_WITH_THE_PUBLICATION,
        ),
        Keeping(
            model="PublicationBlob", owner_path="publication__owner", categories=_SHOWN,
            retention="until the photo is published, refused or withdrawn",
        ),
        Keeping(
            model="Rendition", owner_path="publication__owner", categories=_SHOWN,
            retention=_WITH_THE_PUBLICATION,
        ),
        Keeping(
            model="WatermarkSecret", owner_path=None, categories=("system.operations",),
            retention="as long as any photo marked under it can be traced",
        ),
        Keeping(
            model="WatermarkNumber", owner_path="owner", categories=("user.unique_id",),
            retention="until you withdraw the photo; longer only if you choose so then",
        ),
        Keeping(
            model="PublicationFeatures", owner_path="publication__owner", categories=_SHOWN,
            retention=_WITH_THE_PUBLICATION,
        ),
        Keeping(
            model="FoundCopy", owner_path="actor", categories=_SHOWN,
            retention="the copy until it is traced; what was found out for 15 minutes",
        ),
        Keeping(
            model="PublicReport", owner_path=None, categories=("user.contact.email",),
            retention="12 months after it was settled", legal_basis=INTERESTS,
        ),
        Keeping(
            model="ReportStatement", owner_path=None,
            categories=("user.name", "user.contact"),
            retention="12 months after the report was settled", legal_basis=INTERESTS,
        ),
        Keeping(
            model="BlockedPicture", owner_path=None, categories=("user.content.public",),
            retention="a hash of a withheld picture: 24 months, or until it is reinstated",
            legal_basis=INTERESTS,
        ),
        Keeping(
            model="ProfileDay", owner_path="profile__owner", categories=_USE,
            retention="12 months: counts of a day, and nothing of who looked",
        ),
    )

    def export(self, subject_id: UUID) -> Iterator[ExportItem]:
        """What the person shares, what is shared with them, and what they said.

        Ciphertext stays ciphertext.
        """
        account = Account.objects.filter(pk=subject_id).first()
        if account is None:
            return
        group_ids = list(Group.objects.of(account).values_list("pk", flat=True))
        yield _document("sharing/contacts.json", contacts_document(account))
        yield _document("sharing/known-keys.json", known_keys_document(account))
        yield _document("sharing/groups.json", group_documents(account, group_ids))
        yield _document("sharing/albums.json", _album_facts(subject_id))
        yield _document("sharing/received.json", _received_facts(subject_id))
        yield _document("sharing/remarks.json", _remark_facts(subject_id))
        yield _document("sharing/links.json", _link_facts(subject_id))
        yield _document("sharing/collecting.json", _collect_facts(subject_id))
        yield _document("sharing/recovery.json", recovery_facts(subject_id))
        yield _document("sharing/digest.json", _digest_facts(subject_id))
        yield _document("sharing/history.json", _history_facts(subject_id))
        yield _document("sharing/profile.json", profile_facts(subject_id))
        yield _document("sharing/publications.json", publication_facts(subject_id))
        yield from picture_items(subject_id)

    def erase_some(self, subject_id: UUID) -> int:
        """Take the person out of everything, and end what they share: what there may be
        thousands of in batches, the rest at once.
        """
        return erase_batch(subject_id) or erase_person(subject_id)


register(SharingCustodian())


def _album_facts(subject_id: UUID) -> dict[str, object]:
    """Their shared albums, to whom, and their photos in anybody's."""
    albums = SharedAlbum.objects.filter(album__owner=subject_id)
    grants = Grant.objects.filter(shared_album__album__owner=subject_id)
    items = SharedItem.objects.filter(item__image__owner=subject_id)
    return {
        "albums": _rows(albums, "album_id", "shared_at", "rotation_due_at"),
        "grants": _rows(
            grants, "id", "shared_album_id", "account_id", "group_id", "role", "can_download",
            "made_at", "made_by_id", "last_used_on",
        ),
        "items": _rows(
            items, "shared_album_id", "item__image_id", "item__version", "added_by_id",
            "generation", "source", "fields", "entry_seq", "commitment",
        ),
    }  # fmt: skip


def _received_facts(subject_id: UUID) -> dict[str, object]:
    """What others share with them directly; what comes through groups is with the groups."""
    grants = Grant.objects.filter(account=subject_id)
    deliveries = AlbumKeyDelivery.objects.filter(grant__account=subject_id)
    columns = ("id", "shared_album_id", "role", "can_download", "made_at", "made_by_id")
    return {
        "grants": _rows(grants, *columns, "last_used_on"),
        "deliveries": [
            {
                "grant_id": row.grant_id,
                "generation": row.generation,
                "granter_id": row.granter_id,
                "sealed": row.open(),
            }
            for row in deliveries.order_by("pk")
        ],
        "in_timeline": _rows(TimelineChoice.objects.filter(account=subject_id), "shared_album_id"),
    }


def _remark_facts(subject_id: UUID) -> dict[str, object]:
    columns = ("shared_album_id", "image_id", "generation", "ciphertext", "made_at")
    return {
        "comments": _rows(Comment.objects.filter(author=subject_id), "id", *columns),
        "likes": _rows(Like.objects.filter(author=subject_id), *columns),
    }


def _link_facts(subject_id: UUID) -> dict[str, object]:
    links = ShareLink.objects.filter(owner=subject_id).order_by("made_at", "pk")
    names = (
        "pk", "shared_album_id", "kdf_parameters", "made_at", "expires_at", "view_limit", "views",
        "can_download", "wrong_proofs", "asleep_since", "ended_at", "last_used_on",
    )
    visits = Visit.objects.filter(link__owner=subject_id)
    return {
        "links": [
            {**{name: getattr(link, name) for name in names}, "sealed": link.open()}
            for link in links
        ],
        "visits": _rows(visits, "link_id", "begun_at", "ends_at"),
    }


def _collect_facts(subject_id: UUID) -> dict[str, object]:
    """Their collect links, and what waits for them. The bytes of a drop are uploads."""
    links = CollectLink.objects.filter(owner=subject_id).order_by("made_at", "pk")
    names = (
        "pk", "name", "kdf_parameters", "made_at", "expires_at", "byte_limit", "bytes_taken",
        "photo_limit", "photos_taken", "wrong_proofs", "asleep_since", "ended_at", "last_used_on",
    )
    drops = Drop.objects.filter(owner=subject_id)
    parts = DropPart.objects.filter(drop__owner=subject_id)
    return {
        "links": [
            {**{name: getattr(link, name) for name in names}, "sealed": link.open()}
            for link in links
        ],
        "drops": _rows(
            drops, "id", "link_id", "image_id", "metadata", "payload", "made_at", "expires_at"
        ),
        "parts": _rows(parts, "drop_id", "name", "upload_id", "bytes", "sha256"),
    }


def _digest_facts(subject_id: UUID) -> list[dict[str, object]]:
    """Until when they were told by mail what others did, and when they are next."""
    return _rows(Digest.objects.filter(pk=subject_id), "told_until", "due_at")


def _history_facts(subject_id: UUID) -> list[dict[str, object]]:
    """Every entry that they signed."""
    entries = HistoryEntry.objects.filter(author_id=subject_id)
    return _rows(
        entries, "history_id", "seq", "previous", "commitment", "signature", "generation",
        "opening", "items", "made_at",
    )  # fmt: skip


def _rows(found: QuerySet[Model], *columns: str) -> list[dict[str, object]]:
    return list(found.order_by("pk").values(*columns))


class _Encoder(DjangoJSONEncoder):
    """Bytes as the protocol spells them."""

    def default(self, o: object) -> object:
        if isinstance(o, bytes | memoryview):
            return to_base64url(o)
        return super().default(o)


def _document(path: str, facts: object) -> ExportItem:
    text = json.dumps(facts, cls=_Encoder, indent=2)
    return ExportItem.holding(text.encode(), path=path, media_type="application/json")
