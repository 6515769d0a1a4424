"""Bodies about share links and visits."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.serializers.fields import Body, KdfSerializer, KeyField, WrappedKeyField, kdf_in
from images.api.serializers import NumberField
from pocketvault.kernel.fields import BytesField
from sharing.actions.links import LinkDraft, LinkLimits
from sharing.api.entries import EntrySerializer, HeadSerializer
from sharing.api.serializers.albums import SharedPartsSerializer
from sharing.models import Source

MOST_WRAPS = 500
LARGEST_LIMIT = 1_000_000


class LinkLimitsSerializer(serializers.Serializer[Any]):
    """What a link allows. Without ``expires_at`` it ends after 30 days."""

    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    view_limit = serializers.IntegerField(
        min_value=1, max_value=LARGEST_LIMIT, required=False, allow_null=True, default=None
    )
    can_download = serializers.BooleanField()


class KeyWrapSerializer(serializers.Serializer[Any]):
    """The album key of one generation, wrapped by the link key."""

    generation = NumberField()
    wrapped_album_key = WrappedKeyField()


class MakeLinkSerializer(LinkLimitsSerializer):
    """A new link. ``wraps`` holds one wrap for each generation that visitors need."""

    auth_key = KeyField()
    kdf = KdfSerializer(required=False, allow_null=True, default=None)
    wrapped_secret = WrappedKeyField()
    wrapped_key = WrappedKeyField()
    wraps = serializers.ListField(
        child=KeyWrapSerializer(), min_length=1, max_length=MOST_WRAPS
    )
    entry = EntrySerializer()

    def validate_wraps(self, wraps: list[Body]) -> list[Body]:
        if len({wrap["generation"] for wrap in wraps}) < len(wraps):
            raise serializers.ValidationError("Each generation needs one wrap.")
        return wraps


class SignedEndSerializer(serializers.Serializer[Any]):
    """The entry that says that a link ended."""

    entry = EntrySerializer()


class ShareLinkSerializer(serializers.Serializer[Any]):
    """A link, as its owner sees it. Its wraps are null once it ended."""

    id = serializers.UUIDField()
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    asleep_since = serializers.DateTimeField(allow_null=True)
    last_used_on = serializers.DateField(allow_null=True)
    views = serializers.IntegerField()
    view_limit = serializers.IntegerField(allow_null=True)
    can_download = serializers.BooleanField()
    has_password = serializers.BooleanField()
    wrong_proofs = serializers.IntegerField()
    wrapped_secret = BytesField(allow_null=True)
    wrapped_key = BytesField(allow_null=True)


class ShareLinksSerializer(serializers.Serializer[Any]):
    """The links to an album, newest first."""

    items = ShareLinkSerializer(many=True)


class AskedProofSerializer(serializers.Serializer[Any]):
    """How to prove a link: ``kdf`` is null when it has no password."""

    kdf = KdfSerializer(allow_null=True)


class ProofSerializer(serializers.Serializer[Any]):
    """The proof that follows from a link's secret, and from its password."""

    auth_key = KeyField()


class BegunVisitSerializer(serializers.Serializer[Any]):
    """A visit: its token, shown once, and when it ends."""

    token = serializers.CharField()
    ends_at = serializers.DateTimeField()


class LinkOwnerSerializer(serializers.Serializer[Any]):
    """Whose link it is. The fingerprint of both keys is in the link's address."""

    id = serializers.UUIDField()
    identity_public_key = BytesField()
    exchange_public_key = BytesField()


class VisitedSettingsSerializer(serializers.Serializer[Any]):
    """An album's settings, ciphertext under its newest key."""

    number = serializers.IntegerField()
    sealed = BytesField()


class VisitedAlbumSerializer(serializers.Serializer[Any]):
    """What a visitor needs to open the album."""

    album_id = serializers.UUIDField()
    owner = LinkOwnerSerializer()
    generation = serializers.IntegerField()
    settings = VisitedSettingsSerializer()
    wraps = KeyWrapSerializer(many=True)
    head = HeadSerializer()
    item_count = serializers.IntegerField()
    can_download = serializers.BooleanField()
    expires_at = serializers.DateTimeField()


class VisitedItemSerializer(serializers.Serializer[Any]):
    """A photo in the album. The original is among ``parts`` only where it can be downloaded.
    One that is withheld has neither key, nor fields, nor parts.
    """

    image_id = serializers.UUIDField()
    owner_id = serializers.UUIDField()
    version = serializers.IntegerField()
    generation = serializers.IntegerField()
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=Source.choices
    )
    wrapped_content_key = serializers.CharField(allow_null=True)
    fields = BytesField(allow_null=True)  # type: ignore[assignment]
    is_withheld = serializers.BooleanField()
    commitment = BytesField()
    entry_seq = serializers.IntegerField()
    added_at = serializers.DateTimeField()
    parts = SharedPartsSerializer()


class VisitedItemsSerializer(serializers.Serializer[Any]):
    """A page of an album, in the order in which the photos came."""

    items = VisitedItemSerializer(many=True)
    cursor = serializers.CharField(allow_null=True)


class ExposureSerializer(serializers.Serializer[Any]):
    """One way in to something of the account's, or for something to come."""

    kind = serializers.ChoiceField(
        choices=["account", "group", "link", "collect-link", "everyone"]
    )
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=["live", "asleep"])
    since = serializers.DateTimeField()
    last_used_on = serializers.DateField(allow_null=True)
    can_download = serializers.BooleanField()
    album_id = serializers.UUIDField(required=False)
    item_count = serializers.IntegerField(required=False)
    role = serializers.CharField(required=False)
    account_id = serializers.UUIDField(required=False, allow_null=True)
    email = serializers.CharField(required=False, allow_null=True)
    group_id = serializers.UUIDField(required=False, allow_null=True)
    member_count = serializers.IntegerField(required=False, allow_null=True)
    expires_at = serializers.DateTimeField(required=False)
    views = serializers.IntegerField(required=False)
    view_limit = serializers.IntegerField(required=False, allow_null=True)


class ExposuresSerializer(serializers.Serializer[Any]):
    """Everything that is shared by now, newest first."""

    items = ExposureSerializer(many=True)


def limits_in(body: Body) -> LinkLimits:
    """What a link allows, from the body that says so."""
    return LinkLimits(
        expires_at=body["expires_at"],
        view_limit=body["view_limit"],
        can_download=body["can_download"],
    )


def link_in(body: Body) -> LinkDraft:
    """A new link, from the body that brings it."""
    return LinkDraft(
        auth_key=body["auth_key"],
        kdf=None if body["kdf"] is None else kdf_in(body),
        wrapped_secret=body["wrapped_secret"],
        wrapped_key=body["wrapped_key"],
        wraps={wrap["generation"]: wrap["wrapped_album_key"] for wrap in body["wraps"]},
        limits=limits_in(body),
    )
