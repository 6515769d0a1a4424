"""The one door to stored bytes: ranges, validators, caching, refusals."""

from __future__ import annotations

import ast
import secrets
from pathlib import Path

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Account
from images import delivery
from images.actions.disposal import purge_image
from images.actions.verifying import verify_image
from images.actions.versions import remake_part
from images.errors import WithheldError
from images.models import Image, ImagePart, PartName
from pocketvault.kernel import work
from pocketvault.kernel.blobs import BlobStore, store
from pocketvault.kernel.purposes import STORE_IMAGES
from tests.architecture import source
from tests.factories import app_of
from tests.images.making import bytes_of, part, store_image
from tests.standing import blob_keys

pytestmark = pytest.mark.usefixtures("own_store")
SIZE = 600_000
CONTENT = secrets.token_bytes(SIZE)


@pytest.fixture
def image(alice: Account) -> Image:
    return store_image(alice, CONTENT, thumbnail=b"small" * 50)


def address(image: Image, name: str = "original", version: int = 1) -> str:
    return f"/api/v1/images/{image.pk}/versions/{version}/{name}"


def test_the_owner_gets_the_ciphertext_as_it_lies(alice_app: APIClient, image: Image) -> None:
    response = alice_app.get(address(image))

    assert response.status_code == 200
    assert bytes_of(response) == CONTENT
    assert response["Content-Length"] == str(SIZE)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Accept-Ranges"] == "bytes"
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    assert response["ETag"] == f'"{bytes(image.parts.get(name="original").sha256).hex()}"'


def test_bytes_are_streamed_in_small_pieces(alice_app: APIClient, image: Image) -> None:
    response = alice_app.get(address(image))

    assert max(len(chunk) for chunk in response.streaming_content) <= 256 * 1024


def test_a_client_that_hopes_for_a_picture_still_gets_octets(
    alice_app: APIClient, image: Image
) -> None:
    response = alice_app.get(address(image), HTTP_ACCEPT="image/avif,image/webp")

    assert response.status_code == 200
    bytes_of(response)


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=599999-", SIZE - 1, SIZE),
        ("bytes=-500", SIZE - 500, SIZE),
        ("bytes=-9999999", 0, SIZE),
        ("bytes=262143-262144", 262_143, 262_145),
        ("bytes=599990-9999999", 599_990, SIZE),
        ("BYTES = 5-6", 5, 7),
        ("bytes=, 7-8", 7, 9),
    ],
)
def test_one_range_is_answered_with_it(
    alice_app: APIClient, image: Image, asked: str, start: int, stop: int
) -> None:
    response = alice_app.get(address(image), HTTP_RANGE=asked)

    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert response["Content-Length"] == str(stop - start)
    assert bytes_of(response) == CONTENT[start:stop]


@pytest.mark.parametrize(
    "asked",
    ["bytes=0-1,5-6", "bytes=5-1", "bytes=-", "bytes=a-b", "bytes", "bytes=", "lines=1-2",
     "bytes=1-2-3", "bytes=" + "9" * 40 + "-", "bytes=0-1,x", "bytes=0-1,9999999-"],
)
def test_several_ranges_and_nonsense_are_answered_with_the_whole(
    alice_app: APIClient, image: Image, asked: str
) -> None:
    response = alice_app.get(address(image), HTTP_RANGE=asked)

    assert response.status_code == 200
    assert bytes_of(response) == CONTENT


@pytest.mark.parametrize(
    "asked", [f"bytes={SIZE}-", "bytes=9999999-9999999", "bytes=-0", "bytes=700000-,800000-"]
)
def test_a_range_with_no_byte_in_it_is_refused(
    alice_app: APIClient, image: Image, asked: str
) -> None:
    response = alice_app.get(address(image), HTTP_RANGE=asked)

    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{SIZE}"
    assert response.content == b""


def test_a_range_depends_on_if_range(alice_app: APIClient, image: Image) -> None:
    etag = alice_app.head(address(image))["ETag"]

    def status(condition: str) -> int:
        headers = {"HTTP_RANGE": "bytes=0-9", "HTTP_IF_RANGE": condition}
        response = alice_app.get(address(image), **headers)
        bytes_of(response)
        return response.status_code

    assert status(etag) == 206
    assert status('"another"') == 200
    assert status(f"W/{etag}") == 200
    assert status("Sun, 22 Nov 2026 20:00:00 GMT") == 200


@pytest.mark.parametrize("shape", ["{}", "W/{}", '"x", {}', "*"])
def test_what_a_client_has_is_not_sent_again(
    alice_app: APIClient, image: Image, shape: str
) -> None:
    etag = alice_app.head(address(image))["ETag"]

    response = alice_app.get(address(image), HTTP_IF_NONE_MATCH=shape.format(etag))

    assert response.status_code == 304
    assert response.content == b""
    assert response["ETag"] == etag


def test_head_says_everything_and_sends_nothing(alice_app: APIClient, image: Image) -> None:
    response = alice_app.head(address(image), HTTP_RANGE="bytes=0-9")

    assert response.status_code == 200
    assert response["Content-Length"] == str(SIZE)
    assert not response.streaming
    assert response.content == b""


def test_what_can_be_made_again_is_kept_for_ever_only_under_its_digest(
    alice: Account, alice_app: APIClient, image: Image
) -> None:
    old = bytes(image.parts.get(name="thumbnail").sha256).hex()
    named = alice_app.head(address(image, "thumbnail") + f"?sha256={old}")
    assert named["Cache-Control"] == "private, max-age=31536000, immutable"
    assert alice_app.head(address(image, "thumbnail"))["Cache-Control"] == "private, no-cache"

    remake_part(image, 1, part(alice, PartName.THUMBNAIL, b"better" * 50), actor=alice)

    again = alice_app.get(address(image, "thumbnail") + f"?sha256={old}")
    assert bytes_of(again) == b"better" * 50
    assert again["Cache-Control"] == "private, no-cache"


def test_others_and_the_unknown_get_the_same_404(
    mallory_app: APIClient, api: APIClient, image: Image
) -> None:
    foreign = mallory_app.get(address(image))
    unknown = mallory_app.get(address(image).replace(str(image.pk), str(image.pk)[:-4] + "0000"))

    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json() == unknown.json()
    assert api.get(address(image)).status_code == 401


@pytest.mark.parametrize(("name", "version"), [("preview", 1), ("original", 2), ("original", 0)])
def test_parts_that_are_not_there_are_404(
    alice_app: APIClient, image: Image, name: str, version: int
) -> None:
    assert alice_app.get(address(image, name, version)).status_code == 404


def test_every_address_refuses_from_the_moment_of_the_purge(
    alice: Account, alice_app: APIClient, mallory_app: APIClient, image: Image
) -> None:
    purge_image(image, actor=alice)

    assert (alice_app.get(address(image)).status_code, store_is_full()) == (410, True)
    assert alice_app.get(address(image)).json()["code"] == "gone"
    assert mallory_app.get(address(image)).status_code == 404


def store_is_full() -> bool:
    """The bytes are still there; the refusal does not wait for them."""
    return bool(blob_keys())


def test_a_worker_finds_one_flipped_bit_and_delivery_refuses(
    alice: Account, alice_app: APIClient, image: Image
) -> None:
    work.run_due_jobs()
    assert all(part.verified_at and not part.is_damaged for part in image.parts.all())
    flip_a_bit(image.parts.get(name="original"))

    assert verify_image(image.pk) == 1

    response = alice_app.get(address(image))
    assert (response.status_code, response.json()["code"]) == (500, "part_damaged")
    document = alice_app.get(f"/api/v1/images/{image.pk}").json()
    assert document["version"]["is_damaged"]
    newest = alice_app.get("/api/v1/sync").json()["changes"][-1]
    assert newest["image"]["version"]["is_damaged"]


def flip_a_bit(part: ImagePart) -> None:
    path = store().local_path(part.blob_key)
    assert path is not None
    content = bytearray(path.read_bytes())
    content[1234] ^= 1
    path.write_bytes(content)


def test_a_lost_blob_is_said_plainly(
    alice: Account, alice_app: APIClient, image: Image, own_store: BlobStore
) -> None:
    own_store.discard(image.parts.get(name="original").blob_key)

    response = alice_app.get(address(image))
    assert (response.status_code, response.json()["code"]) == (500, "part_lost")

    assert verify_image(image.pk) == 1
    assert alice_app.get(address(image)).json()["code"] == "part_damaged"


def test_a_withheld_image_is_served_to_its_owner_only(
    alice_app: APIClient, image: Image, rf: object
) -> None:
    Image.objects.update(withheld_at=timezone.now())
    withheld = ImagePart.objects.select_related("image").get(name="original")

    response = alice_app.get(address(image))
    assert response.status_code == 200
    bytes_of(response)
    with pytest.raises(WithheldError):
        delivery.deliver(withheld, rf.get("/"), purpose=STORE_IMAGES, is_owner=False)


def test_nothing_leaves_without_a_declared_purpose(image: Image, rf: object) -> None:
    with pytest.raises(TypeError):
        delivery.deliver(image.parts.first(), rf.get("/"), purpose="curiosity", is_owner=True)


def test_the_web_server_can_take_over(
    alice_app: APIClient, image: Image, settings: object, own_store: BlobStore
) -> None:
    settings.ACCEL_REDIRECT_PREFIX = "/_blobs"
    response = alice_app.get(address(image), HTTP_RANGE="bytes=0-9")

    key = image.parts.get(name="original").blob_key
    assert response["X-Accel-Redirect"] == f"/_blobs/{key}"
    assert response.content == b""
    assert response["ETag"]
    assert app_of(image.owner).get(address(image), HTTP_IF_NONE_MATCH="*").status_code == 304


def test_without_the_setting_we_send_the_bytes_ourselves(
    alice_app: APIClient, image: Image
) -> None:
    answer = alice_app.get(
        address(image), HTTP_X_ACCEL_REDIRECT="/_blobs/x", HTTP_X_SENDFILE_TYPE="X-Accel-Redirect"
    )

    assert "X-Accel-Redirect" not in answer
    assert len(bytes_of(answer)) == image.parts.get(name="original").bytes


def test_the_web_server_reads_from_no_other_store(
    alice: Account, alice_app: APIClient, settings: object
) -> None:
    settings.BLOBS, settings.ACCEL_REDIRECT_PREFIX = {"kind": "memory"}, "/_blobs"
    answer = alice_app.get(address(store_image(alice)))

    assert "X-Accel-Redirect" not in answer
    assert bytes_of(answer)


@pytest.mark.parametrize("key", ["../../passwd", "/etc/passwd", "9f/../../x", "9f/x?y", "9f/%2e"])
def test_the_web_server_is_sent_to_blobs_only(
    alice_app: APIClient, image: Image, settings: object, key: str
) -> None:
    """No request can name a key; not even a row that says so leads out of the store."""
    settings.ACCEL_REDIRECT_PREFIX = "/_blobs"
    image.parts.filter(name="original").update(blob_key=key)

    with pytest.raises(ValueError, match="not a blob key"):
        alice_app.get(address(image))


def test_a_lost_blob_is_said_plainly_by_the_web_server_too(
    alice_app: APIClient, image: Image, settings: object, own_store: BlobStore
) -> None:
    settings.ACCEL_REDIRECT_PREFIX = "/_blobs"
    own_store.discard(image.parts.get(name="original").blob_key)

    assert alice_app.get(address(image)).json()["code"] == "part_lost"


def test_the_web_server_is_never_asked_for_what_is_somebody_elses(
    mallory_app: APIClient, image: Image, settings: object
) -> None:
    settings.ACCEL_REDIRECT_PREFIX = "/_blobs"
    answer = mallory_app.get(address(image))

    assert answer.status_code == 404
    assert "X-Accel-Redirect" not in answer


READERS = {
    "images/delivery.py",
    "images/actions/verifying.py",
    "images/actions/receiving.py",
    "images/actions/uploading.py",
    "images/actions/scrubbing.py",
    # Its own entries: no photo's bytes lie under their names.
    "pocketvault/kernel/journal.py",
}
DOORS = ("store", "blobs.store", "second_store", "blobs.second_store")
READS = {"read", "read_stage", "local_path", "sha256"}


def reads_of(path: Path) -> set[int]:
    """Lines that call a reading method on ``store()``, or on whatever a name stands for that is
    a store: what ``second_store()`` answered, or an argument that is said to be one.
    """
    tree = source.tree(path)
    names = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg) and is_store(node)}
    names |= {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and is_door(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in READS
        and (is_door(node.value) or (isinstance(node.value, ast.Name) and node.value.id in names))
    }


def is_door(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in DOORS


def is_store(argument: ast.arg) -> bool:
    return argument.annotation is not None and "BlobStore" in ast.unparse(argument.annotation)


@pytest.mark.parametrize("path", source.modules(), ids=source.label)
def test_stored_bytes_are_read_in_one_place(path: Path) -> None:
    """And a store is never kept in a variable, where this test could not follow it."""
    where = source.label(path)
    if where.startswith("pocketvault/kernel/blobs/"):
        return
    if where not in READERS:
        assert not reads_of(path)
    kept = [
        node.lineno
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.Return)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func) in ("store", "blobs.store")
    ]
    assert not kept


def test_those_who_may_read_do() -> None:
    """The rule above sees them: it would see others too."""
    assert all(reads_of(source.ROOT / where) for where in READERS - {"images/actions/uploading.py"})
