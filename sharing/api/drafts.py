"""From the checked body of a request to what an action takes."""

from __future__ import annotations

from uuid import UUID

from sharing.actions.deliveries import DeliveryDraft
from sharing.actions.grants import GrantDraft
from sharing.actions.shared_albums import NewKey, Rotation
from sharing.actions.shared_items import RewrapDraft, SharedItemDraft
from sharing.api.entries import entry_in
from sharing.api.serializers.albums import Body


def key_in(body: Body) -> NewKey:
    """A new album key with its settings."""
    return NewKey(
        generation=body["generation"],
        wrapped_album_key=body["wrapped_album_key"],
        settings_number=body["settings"]["number"],
        settings=body["settings"]["sealed"],
    )


def rotation_in(body: Body) -> Rotation:
    """A new album key, and how it reaches everybody."""
    return Rotation(
        key=key_in(body),
        deliveries=[DeliveryDraft(**delivery) for delivery in body["deliveries"]],
        links={link["link_id"]: link["wrapped_album_key"] for link in body["links"]},
        entry=entry_in(body["entry"]),
    )


def grant_in(grant_id: UUID, body: Body) -> GrantDraft:
    """Access for an account or a group."""
    return GrantDraft(
        account_id=body["account_id"],
        group_id=body["group_id"],
        role=body["role"],
        can_download=body["can_download"],
        delivery=DeliveryDraft(grant_id=grant_id, **body["delivery"]),
        entry=entry_in(body["entry"]),
    )


def shared_items_in(body: Body) -> list[SharedItemDraft]:
    """Photos for a shared album."""
    return [SharedItemDraft(**item) for item in body["items"]]


def rewraps_in(body: Body) -> list[RewrapDraft]:
    """Photos under the album key in force."""
    return [RewrapDraft(**item) for item in body["items"]]
