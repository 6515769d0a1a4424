"""What is brought to the doors of takedowns."""

from __future__ import annotations

from dataclasses import asdict

from django.utils import timezone

from rights.models import Takedown
from rights.takedown.actions.drafting import draft_notice, sign_notice
from rights.takedown.actions.sending import send_notice_out
from tests.api.scene import Payload, Scene
from tests.rights.making_takedown import PAPER

STATED = {name: value for name, value in asdict(PAPER).items() if name != "signature"}


def notice(scene: Scene) -> Payload:
    assert scene.takedown
    return Payload(json={"regime": "dmca", **STATED})


def signature(scene: Scene) -> Payload:
    draft_notice(scene.takedown.pk, "dmca", PAPER, actor=scene.alice)
    return Payload(json={"signature": PAPER.name})


def sent(scene: Scene) -> Payload:
    """A signed notice, and one receiver."""
    signature(scene)
    sign_notice(scene.takedown.pk, PAPER.name, actor=scene.alice)
    scene.takedown.contacts.create(
        number=0, level="host", name="Host", source="rfc2142", email="abuse@example.org",
        can_do="x",
    )  # fmt: skip
    return Payload(json={"contact": 0})


def answer(scene: Scene) -> Payload:
    sent(scene)
    Takedown.objects.filter(pk=scene.takedown.pk).update(gathered_at=timezone.now())
    send_notice_out(scene.takedown.pk)
    return Payload(json={"answer": "acknowledged"})
