"""What is brought to the doors of contacts and groups."""

from __future__ import annotations

from accounts.models import Account
from sharing.models import HistoryEntry
from tests.api.scene import Payload, Scene, text
from tests.images import making
from tests.sharing import signing_groups
from tests.sharing.signing_groups import entry_body, next_entry, rotation_body, rotation_of


def invitation(scene: Scene) -> Payload:
    draft = scene.invitation_draft
    return Payload(json={"email": draft.email, "intent": text(draft.intent)})


def known_keys(scene: Scene) -> Payload:
    return Payload(json={"number": 1, "sealed": text(making.sealed_record())})


def group(scene: Scene) -> Payload:
    """As alice made it."""
    first = HistoryEntry.objects.get(history=scene.group.pk, seq=1)
    entry = {
        name: text(bytes(getattr(first, name)))
        for name in ("previous", "commitment", "signature", "opening")
    }
    body = {
        "settings": {"number": 1, "sealed": text(bytes(scene.group.settings))},
        "delivery": text(signing_groups.delivery()),
        "entry": {**entry, "seq": 1, "generation": 1},
    }
    return Payload(json=body)


def group_settings(scene: Scene) -> Payload:
    body = {
        "number": 2, "generation": 1, "sealed": text(making.sealed_record()),
        "entry": entry_body(next_entry(signer(scene), scene.group)),
    }
    return Payload(json=body)


def group_member(scene: Scene) -> Payload:
    body = signing_groups.member_body(scene.group, signer(scene), role="manager")
    return Payload(json=body)


def group_removal(scene: Scene) -> Payload:
    actor, entry = signer(scene), next_entry(signer(scene), scene.group)
    rotation = rotation_of(scene.group, actor, without=scene.account, after=entry)
    return Payload(json={"entry": entry_body(entry), "rotation": rotation_body(rotation)})


def group_rotation(scene: Scene) -> Payload:
    rotation = rotation_of(scene.group, signer(scene))
    return Payload(json={"rotation": rotation_body(rotation)})


def group_leave(scene: Scene) -> Payload:
    return Payload(json={"entry": entry_body(next_entry(signer(scene), scene.group))})


def group_hand_over(scene: Scene) -> Payload:
    entry = entry_body(next_entry(signer(scene), scene.group))
    return Payload(json={"account_id": str(scene.account.pk), "entry": entry})


def signer(scene: Scene) -> Account:
    """Whoever calls signs for themselves; for nobody, alice."""
    return scene.caller or scene.alice
