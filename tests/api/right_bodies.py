"""What is brought to the doors of the rights app."""

from __future__ import annotations

from rights.actions.issuing import keep_log
from tests.api.scene import Payload, Scene


def stored(scene: Scene) -> Payload:
    return Payload(json={"image_ids": [str(scene.image.pk)]})


def with_log(scene: Scene) -> Payload:
    """A log in which something stands: the rows of its first receipt."""
    assert scene.receipt
    keep_log()
    return Payload()
