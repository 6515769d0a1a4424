"""Bodies about archives."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from rights.models import Archive, ArchiveEnd, ArchiveState


class ArchiveSerializer(serializers.ModelSerializer[Archive]):
    """An archive. ``bytes`` and ``files`` count what is packed, ``size`` is that of the file."""

    state = serializers.ChoiceField(choices=ArchiveState.choices)
    ended_by = serializers.ChoiceField(choices=ArchiveEnd.choices, allow_blank=True)

    class Meta:
        model = Archive
        fields = (
            "id", "state", "ended_by", "asked_at", "ready_at", "expires_at", "ended_at",
            "bytes", "bytes_of", "files", "files_of", "missing", "size",
        )  # fmt: skip
        read_only_fields = fields


class ArchivesSerializer(serializers.Serializer[Any]):
    """All of somebody's archives."""

    items = ArchiveSerializer(many=True)
