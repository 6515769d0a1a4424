"""What is brought to the doors of takedowns. Each goes on from where the case stands, because
some callers come to all doors of one case.
"""

from __future__ import annotations

from dataclasses import asdict

from django.utils import timezone

from rights.models import Takedown, TakedownStep
from rights.takedown.actions.drafting import draft_notice, sign_notice
from rights.takedown.actions.sending import send_notice_out
from tests.api.scene import Payload, Scene
from tests.rights.making_takedown import PAPER

STATED = {name: value for name, value in asdict(PAPER).items() if name != "signature"}


def step_of(scene: Scene) -> str:
    return Takedown.objects.values_list("step", flat=True).get(pk=scene.takedown.pk)


def notice(scene: Scene) -> Payload:
    assert scene.takedown
    return Payload(json={"regime": "dmca", **STATED})


def signature(scene: Scene) -> Payload:
    if step_of(scene) in (TakedownStep.REPORTED, TakedownStep.EVIDENCE, TakedownStep.ASSESSED):
        draft_notice(scene.takedown.pk, "dmca", PAPER, actor=scene.alice)
    return Payload(json={"signature": PAPER.name})


def sent(scene: Scene) -> Payload:
    """A signed notice, and one receiver."""
    signature(scene)
    if step_of(scene) == TakedownStep.DRAFTED:
        sign_notice(scene.takedown.pk, PAPER.name, actor=scene.alice)
    if not scene.takedown.contacts.exists():
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
