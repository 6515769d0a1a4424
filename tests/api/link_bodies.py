"""What is brought to the doors of links, visits and collecting."""

from __future__ import annotations

from tests.api.scene import PROOF, Payload, Scene
from tests.sharing import signing_albums as signing
from tests.sharing.linking import collect_body


def about_sharing(scene: Scene) -> Payload:
    """Nothing; but the album has to be shared."""
    assert scene.shared_album
    return Payload()


def link(scene: Scene) -> Payload:
    """Of the link that is there, so that making it again is a repeat."""
    assert scene.link
    return Payload(json=scene.link_body())


def signed_end(scene: Scene) -> Payload:
    assert scene.link
    return Payload(json={"entry": signing.entry(scene.signer, scene.shared_album.pk)})


def collect_link(scene: Scene) -> Payload:
    return Payload(json=collect_body(PROOF))


def drop(scene: Scene) -> Payload:
    return Payload(json=scene.drop_body)
