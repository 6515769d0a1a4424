"""The nouns of sharing."""

from sharing.models.activity import Comment, Like
from sharing.models.album import (
    AlbumKeyDelivery,
    Grant,
    GrantRole,
    SharedAlbum,
    SharedItem,
    Source,
    TimelineChoice,
)
from sharing.models.collect import CollectLink, Drop, DropPart, GuestVisit
from sharing.models.contact import Contact, ContactInvitation, KnownKeys
from sharing.models.digest import Digest
from sharing.models.ending import Ending
from sharing.models.group import Group, GroupKeyDelivery, GroupMember, GroupRole
from sharing.models.history import History, HistoryEntry, SubjectKind
from sharing.models.link import LinkKeyWrap, ShareLink, Visit
from sharing.models.publication import (
    BlockedPicture,
    Profile,
    PublicAlbum,
    Publication,
    PublicationBlob,
    PublicationEnvelope,
    PublicationState,
    Rendition,
    RenditionKind,
    RestingName,
)
from sharing.models.recovery import (
    RecoveryAnswer,
    RecoveryRequest,
    RecoverySetup,
    RecoveryShare,
)
from sharing.models.tracing import (
    FoundCopy,
    PublicationFeatures,
    TraceStep,
    WatermarkNumber,
    WatermarkSecret,
)
from sharing.models.visitors import ProfileDay, PublicReport, ReportReason, ReportStatement

__all__ = [
    "AlbumKeyDelivery",
    "BlockedPicture",
    "CollectLink",
    "Comment",
    "Contact",
    "ContactInvitation",
    "Digest",
    "Drop",
    "DropPart",
    "Ending",
    "FoundCopy",
    "Grant",
    "GrantRole",
    "Group",
    "GroupKeyDelivery",
    "GroupMember",
    "GroupRole",
    "GuestVisit",
    "History",
    "HistoryEntry",
    "KnownKeys",
    "Like",
    "LinkKeyWrap",
    "Profile",
    "ProfileDay",
    "PublicAlbum",
    "PublicReport",
    "Publication",
    "PublicationBlob",
    "PublicationEnvelope",
    "PublicationFeatures",
    "PublicationState",
    "RecoveryAnswer",
    "RecoveryRequest",
    "RecoverySetup",
    "RecoveryShare",
    "Rendition",
    "RenditionKind",
    "ReportReason",
    "ReportStatement",
    "RestingName",
    "ShareLink",
    "SharedAlbum",
    "SharedItem",
    "Source",
    "SubjectKind",
    "TimelineChoice",
    "TraceStep",
    "Visit",
    "WatermarkNumber",
    "WatermarkSecret",
]
