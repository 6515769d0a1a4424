"""What is brought to the doors of recovery contacts."""

from __future__ import annotations

import secrets

from tests.api.scene import Payload, Scene, text
from tests.sharing import recovering


def setup(scene: Scene) -> Payload:
    """The one that is there, so that making it again is a repeat."""
    return Payload(json=recovering.body_of(scene.setup))


def its_end(scene: Scene) -> Payload:
    return Payload(json={"number": scene.setup.number})


def stop(scene: Scene) -> Payload:
    return Payload(json={"request_id": str(scene.recovery_request.pk)})


def answer(scene: Scene) -> Payload:
    assert scene.share
    sealed = text(secrets.token_bytes(recovering.SHARE_BYTES))
    return Payload(json={"request_id": str(scene.asked_of_alice.pk), "sealed": sealed})


def asked(scene: Scene) -> Payload:
    """As it was asked."""
    draft = recovering.request_draft(scene.alice)
    assert scene.recovery_request
    return Payload(json={
        "email": draft.email,
        "exchange_public_key": text(draft.exchange_public_key),
        "token": text(draft.token),
    })
