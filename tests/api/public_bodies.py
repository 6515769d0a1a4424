"""What is brought to the doors of profiles and publications."""

from __future__ import annotations

from tests.api.scene import Payload, Scene
from tests.rights import making_reports
from tests.sharing import publicity


def with_profile(scene: Scene) -> Payload:
    assert scene.profile
    return Payload()


def open_profile(scene: Scene) -> Payload:
    """The name of what alice shows of herself."""
    return Payload(json={"profile": scene.profile.name})


def profile(scene: Scene) -> Payload:
    return Payload(json=publicity.profile_body(scene.signer, name="somebody-else"))


def places(scene: Scene) -> Payload:
    place = publicity.placed(scene.signer, scene.publication.pk, position=3)
    return Payload(json={"items": [place]})


def publication(scene: Scene) -> Payload:
    """What published it, signed by whoever brings it."""
    assert scene.publication
    return Payload(json=publicity.publish_body(scene.signer, scene.copy))


def refused(scene: Scene) -> Payload:
    """A photo that looks like one that was withheld, and a word about it."""
    assert making_reports.refused(scene.publication)
    return Payload(json={"text": "It is another photo."})


def words(scene: Scene) -> Payload:
    assert scene.publication
    return Payload(json=publicity.signed(scene.signer, scene.copy, number=2, caption="Dusk"))
