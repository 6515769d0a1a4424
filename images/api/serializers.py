"""Bodies of the endpoints of images: what comes in is checked here, what goes out described."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.serializers.fields import KeyField, WrappedKeyField
from pocketvault.kernel.fields import BytesField

Body = dict[str, Any]

BATCH_ITEMS = 500
SMALLEST_RECORD = 28
LARGEST_RECORD = 2**16
LARGEST_MARKS = 2**12


class NumberField(serializers.IntegerField):
    """A version, revision or generation: counted from 1, small enough for the column."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=2**31 - 1, **kwargs)


class RecordField(BytesField):
    """A sealed record: ciphertext of a JSON document."""

    def __init__(self, *, most: int = LARGEST_RECORD, **kwargs: Any) -> None:
        super().__init__(least=SMALLEST_RECORD, most=most, **kwargs)


class SentPartSerializer(serializers.Serializer[Any]):
    """The SHA-256 and size of a ciphertext that comes along."""

    sha256 = KeyField()
    bytes = serializers.IntegerField(min_value=1, max_value=2**53)


class SentPartsSerializer(serializers.Serializer[Any]):
    """The parts that come along. Only the original is needed."""

    original = SentPartSerializer()
    preview = SentPartSerializer(required=False)
    thumbnail = SentPartSerializer(required=False)


class UploadedPartSerializer(SentPartSerializer):
    """An upload that is complete, and the SHA-256 and size of its ciphertext."""

    upload = serializers.UUIDField()


class UploadedPartsSerializer(serializers.Serializer[Any]):
    """The parts of a version. Only the original is needed."""

    original = UploadedPartSerializer()
    preview = UploadedPartSerializer(required=False)
    thumbnail = UploadedPartSerializer(required=False)

    def validate(self, attrs: Body) -> Body:
        uploads = [part["upload"] for part in attrs.values()]
        if len(set(uploads)) != len(uploads):
            raise serializers.ValidationError("Each part needs an upload of its own.")
        return attrs


class CommitVersionSerializer(serializers.Serializer[Any]):
    """New content for an image."""

    parts = UploadedPartsSerializer()
    wrapped_content_key = WrappedKeyField()
    metadata = RecordField()
    fingerprint = KeyField(required=False, allow_null=True, default=None)


class CommitImageSerializer(CommitVersionSerializer):
    """A new image."""

    version = serializers.IntegerField(min_value=1, max_value=1, default=1)
    wrapped_record_key = WrappedKeyField()
    marks = RecordField(most=LARGEST_MARKS, required=False, allow_null=True, default=None)
    corrections = RecordField(required=False, allow_null=True, default=None)


class CommitWholeSerializer(CommitImageSerializer):
    """A new image whose ciphertext follows in the same request: ``images/api/whole.py``."""

    parts = SentPartsSerializer()  # type: ignore[assignment]


class PartSerializer(serializers.Serializer[Any]):
    """A stored ciphertext: its size, and the SHA-256 of its bytes in base64url."""

    bytes = serializers.IntegerField()
    sha256 = serializers.CharField()


class PartsSerializer(serializers.Serializer[Any]):
    """The stored parts of a version."""

    original = PartSerializer()
    preview = PartSerializer(required=False)
    thumbnail = PartSerializer(required=False)


class VersionSerializer(serializers.Serializer[Any]):
    """Content of an image. ``is_damaged``: some part is no longer what came in."""

    number = serializers.IntegerField()
    parts = PartsSerializer()
    is_damaged = serializers.BooleanField()


class CleanCopySerializer(serializers.Serializer[Any]):
    """What of a version is shared when its original carries more than the picture."""

    parts = PartsSerializer()
    is_damaged = serializers.BooleanField()
    wrapped_content_key = serializers.CharField(allow_null=True)


class StoreCleanCopySerializer(serializers.Serializer[Any]):
    """A clean copy: uploads that are complete, and its own content key."""

    parts = UploadedPartsSerializer()
    wrapped_content_key = WrappedKeyField()


class KeptVersionSerializer(VersionSerializer):
    """A version as it can be opened again: with its wrapped content key, and its metadata
    under the image's record key. The key is null only if its seal broke.
    """

    stored_at = serializers.DateTimeField()
    wrapped_content_key = serializers.CharField(allow_null=True)
    metadata = serializers.CharField()
    clean = CleanCopySerializer(allow_null=True)


class VersionsSerializer(serializers.Serializer[Any]):
    """All versions of an image, oldest first."""

    items = KeptVersionSerializer(many=True)


class MarksSerializer(serializers.Serializer[Any]):
    """Favourite and archived, as ciphertext."""

    number = serializers.IntegerField()
    sealed = serializers.CharField()


class SealedRevisionSerializer(serializers.Serializer[Any]):
    """A revision of the corrections, as ciphertext."""

    revision = serializers.IntegerField()
    sealed = serializers.CharField()


class ImageSerializer(serializers.Serializer[Any]):
    """An image. A wrapped key is null only if its seal broke, which no device can mend."""

    id = serializers.UUIDField()
    owner_id = serializers.UUIDField()
    stored_at = serializers.DateTimeField()
    verified_at = serializers.DateTimeField(allow_null=True)
    binned_at = serializers.DateTimeField(allow_null=True)
    purge_at = serializers.DateTimeField(allow_null=True)
    version = VersionSerializer()
    wrapped_content_key = serializers.CharField(allow_null=True)
    wrapped_record_key = serializers.CharField(allow_null=True)
    metadata = serializers.CharField()
    marks = MarksSerializer(allow_null=True)
    corrections = SealedRevisionSerializer(allow_null=True)
    albums = serializers.ListField(child=serializers.UUIDField())


class ImagesSerializer(serializers.Serializer[Any]):
    """A page of images, newest first. ``cursor`` is null on the last."""

    items = ImageSerializer(many=True)
    cursor = serializers.CharField(allow_null=True)


class DelayedPurgeSerializer(serializers.Serializer[Any]):
    """When images will be gone: after an e-mail reset, deleting waits seven days."""

    purge_at = serializers.DateTimeField()


class CheckSerializer(serializers.Serializer[Any]):
    """Duplicate marks of originals that are about to be sent."""

    fingerprints = serializers.ListField(child=KeyField(), max_length=BATCH_ITEMS)


class KnownSerializer(serializers.Serializer[Any]):
    """Which of them are in the library already: duplicate mark to image id. Only what is
    ``known`` is safe: ``binned`` goes on its day unless it is restored, and the original of
    ``damaged`` is lost unless it is replaced. One image may be both.
    """

    known = serializers.DictField(child=serializers.UUIDField())
    binned = serializers.DictField(child=serializers.UUIDField())
    damaged = serializers.DictField(child=serializers.UUIDField())


class SetMarksSerializer(serializers.Serializer[Any]):
    """New marks; ``number`` is one more than the last."""

    number = NumberField()
    marks = RecordField(most=LARGEST_MARKS)


class AddCorrectionSerializer(serializers.Serializer[Any]):
    """A new revision; its number is one more than the last."""

    revision = NumberField()
    corrections = RecordField()


class RevisionSerializer(SealedRevisionSerializer):
    """A revision with the time at which it was made."""

    made_at = serializers.DateTimeField()


class RevisionsSerializer(serializers.Serializer[Any]):
    """All revisions of an image's corrections, oldest first."""

    items = RevisionSerializer(many=True)


class OperationSerializer(serializers.Serializer[Any]):
    """One thing to do with one image."""

    op = serializers.ChoiceField(choices=["purge", "bin", "restore", "marks", "corrections"])
    id = serializers.UUIDField()
    number = NumberField(required=False)
    marks = RecordField(most=LARGEST_MARKS, required=False)
    revision = NumberField(required=False)
    corrections = RecordField(required=False)

    def validate(self, attrs: Body) -> Body:
        needed = {"marks": ("number", "marks"), "corrections": ("revision", "corrections")}
        missing = [name for name in needed.get(attrs["op"], ()) if name not in attrs]
        if missing:
            raise serializers.ValidationError(dict.fromkeys(missing, "This is needed."))
        return attrs


class BatchSerializer(serializers.Serializer[Any]):
    """Up to 500 things to do, at most one per image."""

    operations = serializers.ListField(child=OperationSerializer(), max_length=BATCH_ITEMS)

    def validate(self, attrs: Body) -> Body:
        ids = [operation["id"] for operation in attrs["operations"]]
        if len(set(ids)) != len(ids):
            raise serializers.ValidationError("Name each image once.")
        return attrs


class ResultSerializer(serializers.Serializer[Any]):
    """What came of one: an HTTP status, and a code where it was refused."""

    id = serializers.UUIDField()
    status = serializers.IntegerField()
    code = serializers.CharField(required=False)


class ResultsSerializer(serializers.Serializer[Any]):
    """What came of each, in the order in which they were asked."""

    results = ResultSerializer(many=True)
