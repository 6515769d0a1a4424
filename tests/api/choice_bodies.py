"""What is brought to the doors of consents."""

from __future__ import annotations

from tests.api.scene import Payload, Scene


def consent(scene: Scene) -> Payload:
    """What alice brought when she agreed, so that making it again is a repeat."""
    assert scene.consent
    return Payload(json=scene.consent_body)


def with_consent(scene: Scene) -> Payload:
    assert scene.consent
    return Payload()
