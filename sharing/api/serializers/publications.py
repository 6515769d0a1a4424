"""Bodies of the endpoints of publications and profiles."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.serializers.fields import Body, ClientIdField, KeyField
from images.actions.uploading import Claim
from pocketvault.kernel.fields import BytesField
from sharing.actions.arranging import Place
from sharing.actions.profiles import ProfileDraft
from sharing.actions.publishing import PublicationDraft
from sharing.models.publication import PublicationState
from sharing.profile_names import LONGEST
from sharing.profile_statements import (
    LARGEST_STATEMENT as LARGEST_PROFILE_STATEMENT,
)
from sharing.profile_statements import (
    LONGEST_BIO,
    LONGEST_SHOWN_NAME,
    LONGEST_TITLE,
    Heading,
    ProfileWords,
)
from sharing.publication_statements import LARGEST_STATEMENT, LONGEST_LICENCE
from sharing.signed_statements import SIGNATURE_BYTES, SMALLEST_STATEMENT, is_plain

MOST_PLACES = 500


class PlainField(serializers.CharField):
    """Text that everybody will see: no control characters, nothing that turns its direction."""

    default_error_messages = {"unseen": "Leave out characters that cannot be seen."}

    def __init__(self, *, has_lines: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.has_lines = has_lines

    def to_internal_value(self, data: Any) -> str:
        text: str = super().to_internal_value(data)
        if not is_plain(text, lines=self.has_lines):
            self.fail("unseen")
        return text


class PositionField(serializers.IntegerField):
    """Where something stands among others: lower comes first."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=2**31 - 1, **kwargs)


class SetPublicAlbumSerializer(serializers.Serializer[Any]):
    """A heading, under an id that the client made (version 7)."""

    id = serializers.UUIDField()
    title = PlainField(max_length=LONGEST_TITLE)


class SetProfileSerializer(serializers.Serializer[Any]):
    """A whole profile. ``albums`` are all of its headings in their order; ``statement`` says the
    same as its words, its headings and its cover, and its owner signed it (docs/publishing.md).
    """

    # Its form is judged by the action, so that an app hears of it under a code of its own.
    name = serializers.CharField(max_length=LONGEST * 10, trim_whitespace=False)
    shown_name = PlainField(max_length=LONGEST_SHOWN_NAME)
    bio = PlainField(max_length=LONGEST_BIO, allow_blank=True, has_lines=True)
    licence = PlainField(max_length=LONGEST_LICENCE)
    albums = SetPublicAlbumSerializer(many=True)
    statement = BytesField(least=SMALLEST_STATEMENT, most=LARGEST_PROFILE_STATEMENT)
    signature = BytesField(exactly=SIGNATURE_BYTES)
    is_open = serializers.BooleanField()
    is_listed = serializers.BooleanField()
    cover = serializers.UUIDField(allow_null=True)

    def validate_albums(self, albums: list[Body]) -> list[Body]:
        if len({album["id"] for album in albums}) < len(albums):
            raise serializers.ValidationError("Name each heading once.")
        return albums


def profile_in(body: Body) -> ProfileDraft:
    """A profile's body as one value."""
    words = ProfileWords(
        name=body["name"], shown_name=body["shown_name"], bio=body["bio"],
        licence=body["licence"],
        albums=tuple(Heading(album["id"], album["title"]) for album in body["albums"]),
    )  # fmt: skip
    return ProfileDraft(
        words=words,
        statement=body["statement"],
        signature=body["signature"],
        is_open=body["is_open"],
        is_listed=body["is_listed"],
        cover_id=body["cover"],
    )


class PublicAlbumSerializer(serializers.Serializer[Any]):
    """A heading on the profile."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    position = serializers.IntegerField()


class ProfileSerializer(serializers.Serializer[Any]):
    """The account's own profile. ``address`` is where everyone finds it; empty where public
    profiles are off.
    """

    name = serializers.CharField()
    shown_name = serializers.CharField()
    bio = serializers.CharField()
    licence = serializers.CharField()
    is_open = serializers.BooleanField()
    is_listed = serializers.BooleanField()
    cover = serializers.UUIDField(allow_null=True)
    address = serializers.CharField()
    albums = PublicAlbumSerializer(many=True)
    statement = serializers.CharField(
        help_text="What its owner signed; empty for one that was not saved since that is done."
    )
    signature = serializers.CharField()
    guarded_until = serializers.DateTimeField(
        allow_null=True,
        help_text="Until when visitors sign in for large pictures, after an attack.",
    )
    withheld_at = serializers.DateTimeField(
        allow_null=True,
        help_text="Since when all of it is withheld after a report: see `/me/reports`.",
    )


class DaySerializer(serializers.Serializer[Any]):
    """What happened on the profile on one day (UTC)."""

    day = serializers.DateField()
    visits = serializers.IntegerField()
    opened = serializers.IntegerField()
    slowed = serializers.IntegerField()
    alarms = serializers.IntegerField()


class StatisticsSerializer(serializers.Serializer[Any]):
    """The last 30 days, oldest first."""

    days = DaySerializer(many=True)


class StatementSerializer(serializers.Serializer[Any]):
    """A statement about a publication, and its owner's signature (docs/publishing.md)."""

    statement = BytesField(least=SMALLEST_STATEMENT, most=LARGEST_STATEMENT)
    signature = BytesField(exactly=SIGNATURE_BYTES)


class PlaceSerializer(StatementSerializer):
    """Where a publication goes, and a statement that says so."""

    publication = serializers.UUIDField()
    album = serializers.UUIDField(allow_null=True)
    position = PositionField()


class ArrangeSerializer(serializers.Serializer[Any]):
    """Up to 500 publications and where they go, all or none."""

    items = serializers.ListField(child=PlaceSerializer(), max_length=MOST_PLACES)

    def validate_items(self, items: list[Body]) -> list[Body]:
        if len({item["publication"] for item in items}) < len(items):
            raise serializers.ValidationError("Name each publication once.")
        return items


def places_in(body: Body) -> list[Place]:
    """A body of places as values."""
    return [
        Place(
            publication_id=item["publication"], album_id=item["album"],
            position=item["position"], statement=item["statement"],
            signature=item["signature"],
        )
        for item in body["items"]
    ]  # fmt: skip


class PublishSerializer(StatementSerializer):
    """A copy that was uploaded, the key that opens it, and what its owner says about it."""

    image = ClientIdField()
    upload = serializers.UUIDField()
    upload_sha256 = KeyField()
    upload_bytes = serializers.IntegerField(min_value=1, max_value=2**53)
    copy_key = KeyField()
    album = serializers.UUIDField(allow_null=True)
    position = PositionField()


def publication_in(body: Body) -> PublicationDraft:
    """A publication's body as one value."""
    return PublicationDraft(
        image_id=body["image"],
        upload_id=body["upload"],
        claim=Claim(sha256=body["upload_sha256"], size=body["upload_bytes"]),
        copy_key=body["copy_key"],
        statement=body["statement"],
        signature=body["signature"],
        album_id=body["album"],
        position=body["position"],
    )


class WithdrawSerializer(serializers.Serializer[Any]):
    """Whether copies that are found later should still lead to their owner."""

    keeps_number = serializers.BooleanField()


class PublicationSerializer(serializers.Serializer[Any]):
    """A publication, as its owner sees it. ``refusal`` is a code, empty unless it was refused.
    Sizes are those of the largest picture in pixels, 0 before it is known.
    """

    id = serializers.UUIDField()
    image = serializers.UUIDField()
    public_id = serializers.CharField()
    state = serializers.ChoiceField(choices=PublicationState.choices)
    refusal = serializers.CharField()
    statement = serializers.CharField()
    signature = serializers.CharField()
    caption = serializers.CharField()
    creator = serializers.CharField()
    licence = serializers.CharField()
    is_watermarked = serializers.BooleanField()
    album = serializers.UUIDField(allow_null=True)
    position = serializers.IntegerField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    placeholder = serializers.CharField()
    made_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    withheld_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when we do not show it, after somebody complained."
    )


class PublicationsSerializer(serializers.Serializer[Any]):
    """A page of publications in the order of their ids. ``next`` is null on the last."""

    items = PublicationSerializer(many=True)
    next = serializers.UUIDField(allow_null=True)
