"""What sharing puts into the change feed: names of things to fetch, without a document."""

from __future__ import annotations

from django.db import models


class SharedKind(models.TextChoices):
    """What changed. The value is part of the protocol."""

    CONTACTS = "contacts"
    RECOVERY = "recovery"
    GROUP = "group"
    SHARED_ALBUM = "shared-album"
    DROP = "drop"
    COLLECT_LINK = "collect-link"
    PROFILE = "profile"
    PUBLICATION = "publication"
