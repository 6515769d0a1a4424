"""What is brought to the doors of the rights app."""

from __future__ import annotations

from rights.actions.issuing import keep_log
from rights.legal.actions.counting import publish_reports
from tests.api.scene import Payload, Scene


def stored(scene: Scene) -> Payload:
    return Payload(json={"image_ids": [str(scene.image.pk)]})


def with_report(scene: Scene) -> Payload:
    """The report of this half-year is published."""
    publish_reports()
    return Payload()


def with_log(scene: Scene) -> Payload:
    """A log in which something stands: the rows of its first receipt."""
    assert scene.receipt
    keep_log()
    return Payload()
