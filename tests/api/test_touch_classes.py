"""Whoever comes to a photo is told to its owner by class: recipients, links, the owner."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from images.actions.touches import write_touches
from images.models import Touch
from tests.api.doors import DOORS
from tests.api.scene import OWNER, RECIPIENT, VISITOR, Scene, knock
from tests.api.test_personas import address, body_of

pytestmark = pytest.mark.django_db
SHARED_PART = "api/v1/shared/albums/<uuid:album_id>/items/<uuid:image_id>/<part:name>"
VISITED_PART = "api/v1/visits/items/<uuid:image_id>/<str:name>"
DOORS_TO_BYTES = [
    (OWNER, SHARED_PART, "owner"), (RECIPIENT, SHARED_PART, "recipient"),
    (VISITOR, VISITED_PART, "link"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


@pytest.mark.parametrize(("persona", "route", "who"), DOORS_TO_BYTES)
def test_the_owner_is_told_which_class_came(persona: str, route: str, who: str) -> None:
    scene = Scene(persona)
    path = address(route, scene.alices)
    assert scene.shared_album
    write_touches()
    Touch.objects.all().delete()

    answer = knock(scene, "GET", path, DOORS["GET", route].brings(scene))
    assert answer.status_code == 200
    assert body_of(answer)
    write_touches()

    found = Touch.objects.values_list("image_id", "who", "purpose", "count")
    assert list(found) == [(scene.image.pk, who, "share_images", 1)]
