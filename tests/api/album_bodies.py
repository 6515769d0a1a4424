"""What is brought to the doors of shared albums."""

from __future__ import annotations

from tests.api.scene import Payload, Scene, text
from tests.images import making
from tests.sharing import signing_albums as signing


def clean_copy(scene: Scene) -> Payload:
    """The clean copy that is there, so that storing it again is a repeat."""
    return Payload(json=scene.clean_copy)


def with_clean_copy(scene: Scene) -> Payload:
    assert scene.clean_copy
    return Payload()


def beginning(scene: Scene) -> Payload:
    assert scene.shared_album
    return Payload(json=scene.beginning)


def entry(scene: Scene) -> Payload:
    return Payload(json={"entry": signing.entry(scene.signer, scene.shared_album.pk)})


def album_settings(scene: Scene) -> Payload:
    signed = signing.entry(scene.signer, scene.shared_album.pk)
    return Payload(json={**signing.settings(3), "generation": 2, "entry": signed})


def rotation(scene: Scene) -> Payload:
    grants = [scene.grant.pk]
    return Payload(json=signing.rotation_body(scene.signer, scene.shared_album, grants))


def grant(scene: Scene) -> Payload:
    body = signing.grant_body(
        scene.signer, scene.shared_album, scene.recipient, role="contributor"
    )
    return Payload(json=body)


def items(scene: Scene) -> Payload:
    image = making.store_image(scene.signer.account)
    return Payload(json=signing.items_body(scene.signer, scene.shared_album, [image]))


def replacements(scene: Scene) -> Payload:
    """A photo of theirs, which is in the album if they may bring any."""
    image = making.store_image(scene.signer.account)
    signing.add(scene.signer, scene.shared_album, [image])
    return Payload(json=signing.items_body(scene.signer, scene.shared_album, [image]))


def rewraps(scene: Scene) -> Payload:
    item = {
        "image_id": str(scene.image.pk), "version": 1, "wrapped_content_key": signing.key(),
        "fields": text(making.sealed_record()),
    }  # fmt: skip
    return Payload(json={"generation": 2, "items": [item]})


def removals(scene: Scene) -> Payload:
    signed = signing.entry(scene.signer, scene.shared_album.pk)
    return Payload(json={"image_ids": [str(scene.image.pk)], "entry": signed})


def saying(scene: Scene) -> Payload:
    return Payload(json={"generation": 2, "sealed": text(making.sealed_record())})
