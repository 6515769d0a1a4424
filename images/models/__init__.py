"""The nouns of images."""

from images.models.album import Album, AlbumEnvelope, AlbumItem
from images.models.counts import AlbumCount, ComparedDay, MonthCount
from images.models.disposal import DiscardedBlob, Tombstone
from images.models.feed import ChangeKind, FeedHead, SyncEntry
from images.models.image import (
    CLEAN_PARTS,
    PLAIN_PARTS,
    Correction,
    Envelope,
    EnvelopePurpose,
    Image,
    ImagePart,
    ImageVersion,
    PartName,
)
from images.models.passing import PassingBlob
from images.models.reading import ReadingDay
from images.models.storage_use import StorageUse
from images.models.touch import Touch, TouchBatch, TouchDay, Toucher
from images.models.upload import Upload

__all__ = [
    "CLEAN_PARTS",
    "PLAIN_PARTS",
    "Album",
    "AlbumCount",
    "AlbumEnvelope",
    "AlbumItem",
    "ChangeKind",
    "ComparedDay",
    "Correction",
    "DiscardedBlob",
    "Envelope",
    "EnvelopePurpose",
    "FeedHead",
    "Image",
    "ImagePart",
    "ImageVersion",
    "MonthCount",
    "PartName",
    "PassingBlob",
    "ReadingDay",
    "StorageUse",
    "SyncEntry",
    "Tombstone",
    "Touch",
    "TouchBatch",
    "TouchDay",
    "Toucher",
    "Upload",
]
