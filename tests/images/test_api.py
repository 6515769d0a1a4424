"""The endpoints of images, from outside."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from accounts.models import Account, Preferences
from images.actions.albums import ItemDraft, add_items
from images.actions.counting import distrust_all_counts
from images.actions.disposal import purge_image
from images.custody import ImagesCustodian
from images.models import (
    Album,
    AlbumItem,
    Correction,
    DiscardedBlob,
    Image,
    ImagePart,
    Tombstone,
    Upload,
)
from pocketvault.kernel import work
from pocketvault.kernel.blobs import store
from pocketvault.kernel.fields import from_base64url, to_base64url
from pocketvault.kernel.ids import uuid7
from tests.factories import wrapped_key
from tests.images.conftest import QueryCounter
from tests.images.making import (
    bytes_of,
    commit_body,
    draft,
    part,
    part_body,
    sealed_record,
    store_image,
)

pytestmark = pytest.mark.usefixtures("own_store")
API = "/api/v1"


def record() -> str:
    return to_base64url(sealed_record())


def test_an_image_goes_in_and_comes_back(alice: Account, alice_app: APIClient) -> None:
    image_id, ready = uuid7(), draft(alice, b"o" * 500, thumbnail=b"t" * 40, marks=b"m" * 40)
    body = commit_body(ready)

    made = alice_app.put(f"{API}/images/{image_id}", body, format="json")
    again = alice_app.put(f"{API}/images/{image_id}", body, format="json")

    assert (made.status_code, again.status_code) == (201, 200)
    shown = made.json()
    assert shown == again.json() == alice_app.get(f"{API}/images/{image_id}").json()
    assert shown["owner_id"] == str(alice.pk)
    assert shown["wrapped_content_key"] == body["wrapped_content_key"]
    assert shown["wrapped_record_key"] == body["wrapped_record_key"]
    assert shown["metadata"] == body["metadata"]
    assert shown["marks"] == {"number": 1, "sealed": body["marks"]}
    assert shown["corrections"] is None
    assert shown["verified_at"] is None
    assert shown["version"]["parts"]["original"] == {
        "bytes": 500, "sha256": to_base64url(hashlib.sha256(b"o" * 500).digest()),
    }
    work.run_due_jobs()
    assert alice_app.get(f"{API}/images/{image_id}").json()["verified_at"].endswith("Z")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"wrapped_content_key": "AAAA"}, "wrapped_content_key"),
        ({"metadata": "not base64url!"}, "metadata"),
        ({"metadata": 7}, "metadata"),
        ({"fingerprint": "AAAA"}, "fingerprint"),
        ({"parts": {}}, "parts"),
        ({"parts": []}, "parts"),
        ({"version": 2}, "version"),
        ({"marks": to_base64url(bytes(5000))}, "marks"),
    ],
)
def test_a_commit_that_cannot_be_read_says_which_value(
    alice: Account, alice_app: APIClient, change: dict, where: str
) -> None:
    body = commit_body(draft(alice)) | change

    response = alice_app.put(f"{API}/images/{uuid7()}", body, format="json")

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert where in response.json()["errors"]


def test_two_parts_need_two_uploads(alice: Account, alice_app: APIClient) -> None:
    body = commit_body(draft(alice))
    body["parts"]["preview"] = body["parts"]["original"]

    assert alice_app.put(f"{API}/images/{uuid7()}", body, format="json").status_code == 400


def test_refusals_have_their_codes(alice: Account, alice_app: APIClient) -> None:
    mark = secrets.token_bytes(32)
    twin = store_image(alice, fingerprint=mark)

    def code_of(image_id: UUID, body: dict) -> tuple[int, str]:
        response = alice_app.put(f"{API}/images/{image_id}", body, format="json")
        return response.status_code, response.json()["code"]

    assert code_of(twin.pk, commit_body(draft(alice))) == (409, "already_exists")
    assert code_of(uuid7(), commit_body(draft(alice, fingerprint=mark))) == (409, "duplicate")
    assert code_of(UUID(int=1), commit_body(draft(alice))) == (400, "wrong_id")
    body = commit_body(draft(alice))
    body["parts"]["original"]["bytes"] += 1
    assert code_of(uuid7(), body) == (422, "bytes_do_not_match")
    purge_image(twin, actor=alice)
    assert code_of(twin.pk, commit_body(draft(alice))) == (410, "gone")


EVERYTHING_OF_AN_IMAGE = [
    ("get", "", None),
    ("delete", "", None),
    ("get", "/versions", None),
    ("put", "/versions/2", {}),
    ("get", "/versions/1/original", None),
    ("head", "/versions/1/original", None),
    ("put", "/versions/1/thumbnail", {}),
    ("get", "/corrections", None),
    ("post", "/corrections", {}),
    ("put", "/marks", {}),
    ("post", "/bin", {}),
    ("post", "/restore", {}),
]


@pytest.mark.parametrize(("method", "suffix", "body"), EVERYTHING_OF_AN_IMAGE)
def test_after_a_purge_the_owner_hears_gone_and_others_nothing(
    alice: Account, alice_app: APIClient, mallory_app: APIClient, image: Image,
    method: str, suffix: str, body: object,
) -> None:
    address = f"{API}/images/{image.pk}{suffix}"
    before = getattr(mallory_app, method)(address, body, format="json")
    purge_image(image, actor=alice)
    after = getattr(mallory_app, method)(address, body, format="json")
    own = getattr(alice_app, method)(address, body, format="json")

    assert (before.status_code, after.status_code, own.status_code) == (404, 404, 410)
    assert before.content == after.content


def test_deleting_answers_once_with_204(alice_app: APIClient, image: Image) -> None:
    assert alice_app.delete(f"{API}/images/{image.pk}").status_code == 204
    assert alice_app.delete(f"{API}/images/{image.pk}").status_code == 410


def test_the_recycle_bin_over_http(alice: Account, alice_app: APIClient, image: Image) -> None:
    Preferences.objects.update_or_create(account=alice, defaults={"recycle_bin_days": 3})

    binned = alice_app.post(f"{API}/images/{image.pk}/bin")
    assert binned.status_code == 200
    assert binned.json()["purge_at"] > binned.json()["binned_at"]
    assert alice_app.get(f"{API}/timeline").json() == {"buckets": []}

    restored = alice_app.post(f"{API}/images/{image.pk}/restore")
    assert (restored.json()["binned_at"], restored.json()["purge_at"]) == (None, None)


def test_marks_count_up(alice_app: APIClient, image: Image) -> None:
    def put(number: int, marks: str) -> tuple[int, dict]:
        body = {"number": number, "marks": marks}
        response = alice_app.put(f"{API}/images/{image.pk}/marks", body, format="json")
        return response.status_code, response.json()

    first, second = record(), record()
    assert put(1, first)[0] == 200
    assert put(1, first)[0] == 200
    status, problem = put(1, second)
    assert (status, problem["code"], problem["number"]) == (409, "conflict", 1)
    assert put(3, second)[0] == 409
    assert put(2, second)[1]["marks"] == {"number": 2, "sealed": second}
    assert put(0, second)[0] == 400


def test_corrections_are_revisions_beside_each_other(alice_app: APIClient, image: Image) -> None:
    address = f"{API}/images/{image.pk}/corrections"

    def add(revision: int, sealed: str) -> tuple[int, dict]:
        body = {"revision": revision, "corrections": sealed}
        response = alice_app.post(address, body, format="json")
        return response.status_code, response.json()

    first, second = record(), record()
    assert add(1, first)[0] == 201
    assert add(1, first)[0] == 201
    status, problem = add(1, second)
    assert (status, problem["code"], problem["revision"]) == (409, "conflict", 1)
    assert add(2, second)[1]["corrections"] == {"revision": 2, "sealed": second}
    items = alice_app.get(address).json()["items"]
    assert [(i["revision"], i["sealed"]) for i in items] == [(1, first), (2, second)]


def test_replacing_keeps_the_id_and_the_old_version(
    alice: Account, alice_app: APIClient, image: Image
) -> None:
    ready = draft(alice, b"new" * 100)
    body = commit_body(ready)
    address = f"{API}/images/{image.pk}/versions/2"

    assert alice_app.put(address, body, format="json").status_code == 201
    assert alice_app.put(address, body, format="json").status_code == 200
    conflict = alice_app.put(address, commit_body(draft(alice)), format="json")
    assert (conflict.status_code, conflict.json()["version"]) == (409, 2)

    shown = alice_app.get(f"{API}/images/{image.pk}").json()
    assert shown["version"]["number"] == 2
    assert shown["wrapped_content_key"] == body["wrapped_content_key"]
    assert shown["metadata"] == body["metadata"]
    assert bytes_of(alice_app.get(f"{address}/original")) == b"new" * 100
    versions = alice_app.get(f"{API}/images/{image.pk}/versions").json()["items"]
    assert [v["number"] for v in versions] == [1, 2]
    kept = [image.envelopes.get(purpose="content", version=n).open() for n in (1, 2)]
    assert [v["wrapped_content_key"] for v in versions] == [to_base64url(key) for key in kept]
    stored = [bytes(row.metadata) for row in image.versions.order_by("number")]
    assert [v["metadata"] for v in versions] == [to_base64url(each) for each in stored]


def test_an_export_holds_the_key_of_every_version(
    alice: Account, alice_app: APIClient, image: Image
) -> None:
    body = commit_body(draft(alice))
    address = f"{API}/images/{image.pk}/versions"
    assert alice_app.put(f"{address}/2", body, format="json").status_code == 201
    exported = {item.path: item for item in ImagesCustodian().export(alice.pk)}

    document = json.loads(b"".join(exported[f"images/{image.pk}.json"].read()))

    assert {f"images/{image.pk}/{n}-original.bin" for n in (1, 2)} <= set(exported)
    assert document["versions"] == alice_app.get(address).json()["items"]
    assert document["versions"][1]["wrapped_content_key"] == body["wrapped_content_key"]


def test_a_thumbnail_is_made_again_and_the_old_one_goes(
    alice: Account, alice_app: APIClient, image: Image
) -> None:
    old = image.parts.get(name="thumbnail").blob_key
    new = part(alice, "thumbnail", b"sharper" * 9)
    address = f"{API}/images/{image.pk}/versions/1/thumbnail"

    assert alice_app.put(address, part_body(new), format="json").status_code == 200
    assert alice_app.put(address, part_body(new), format="json").status_code == 200

    assert bytes_of(alice_app.get(address)) == b"sharper" * 9
    assert DiscardedBlob.objects.get().blob_key == old
    work.run_due_jobs()
    assert not store().exists(old)


def test_an_original_is_not_made_again(alice: Account, alice_app: APIClient, image: Image) -> None:
    before = image.parts.get(name="original").blob_key
    other = part(alice, "original", b"other" * 9)

    alice_app.put(f"{API}/images/{image.pk}/versions/1/original", part_body(other), format="json")

    assert ImagePart.objects.get(image=image, name="original").blob_key == before


def test_duplicates_are_known_before_anything_is_sent(
    alice: Account, alice_app: APIClient, mallory_app: APIClient
) -> None:
    mark, other = secrets.token_bytes(32), secrets.token_bytes(32)
    image = store_image(alice, fingerprint=mark)
    body = {"fingerprints": [to_base64url(mark), to_base64url(other)]}

    known = alice_app.post(f"{API}/images/check", body, format="json").json()
    nothing: dict[str, object] = {"known": {}, "binned": {}, "damaged": {}}
    assert known == {**nothing, "known": {to_base64url(mark): str(image.pk)}}
    assert mallory_app.post(f"{API}/images/check", body, format="json").json() == nothing
    too_many = {"fingerprints": [to_base64url(mark)] * 501}
    assert alice_app.post(f"{API}/images/check", too_many, format="json").status_code == 400


def test_the_list_goes_back_in_time_page_by_page(alice: Account, alice_app: APIClient) -> None:
    ids = [str(store_image(alice).pk) for _ in range(7)]
    Image.objects.filter(pk__in=ids[2:5]).update(stored_at=timezone.now())
    found, cursor = [], ""
    while cursor is not None:
        page = alice_app.get(f"{API}/images", {"limit": 2, "cursor": cursor}).json()
        found += [item["id"] for item in page["items"]]
        cursor = page["cursor"]

    assert sorted(found) == sorted(ids)
    assert len(set(found)) == 7
    refused = alice_app.get(f"{API}/images", {"cursor": "nonsense"})
    assert refused.json()["code"] == "wrong_cursor"


@pytest.mark.parametrize(("first", "status"), [(b"\xff", 200), (b"\x7f", 400), (b"\x80", 400)])
def test_a_place_outside_time_is_refused(
    alice_app: APIClient, first: bytes, status: int
) -> None:
    """A microsecond before 1970 is a place, if an empty one; the year 294247 is none."""
    cursor = to_base64url(first + b"\xff" * 23)

    assert alice_app.get(f"{API}/images", {"cursor": cursor}).status_code == status


def test_the_timeline_counts_by_month_and_lists_in_columns(
    alice: Account, alice_app: APIClient, mallory: Account
) -> None:
    october, november = store_image(alice, b"1" * 100), store_image(alice, b"2" * 200)
    store_image(mallory)
    at = datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)
    Image.objects.filter(pk=october.pk).update(stored_at=at, stored_month=202610)
    Image.objects.filter(pk=november.pk).update(
        stored_at=at + timedelta(seconds=1), stored_month=202611
    )
    distrust_all_counts()

    buckets = alice_app.get(f"{API}/timeline").json()["buckets"]
    assert buckets == [{"month": "2026-11", "count": 1}, {"month": "2026-10", "count": 1}]
    assert alice_app.get(f"{API}/timeline/2026-10").json() == {
        "ids": [str(october.pk)], "stored_at": ["2026-10-31T23:59:59.000Z"], "bytes": [100],
    }
    assert alice_app.get(f"{API}/timeline/1999-01").json()["ids"] == []
    assert alice_app.get(f"{API}/timeline/2026-13").status_code == 404


def test_albums_from_making_to_taking_apart(
    alice: Account, alice_app: APIClient, mallory_app: APIClient, image: Image
) -> None:
    album_id, settings, key = uuid7(), record(), to_base64url(wrapped_key())
    address = f"{API}/albums/{album_id}"
    body = {
        "wrapped_album_key": key, "generation": 1, "settings": {"number": 1, "sealed": settings},
    }

    made = alice_app.put(address, body, format="json")
    assert (made.status_code, alice_app.put(address, body, format="json").status_code) == (201, 200)
    other = body | {"wrapped_album_key": to_base64url(wrapped_key())}
    assert alice_app.put(address, other, format="json").json()["code"] == "already_exists"
    assert mallory_app.put(address, body, format="json").status_code == 404
    assert mallory_app.get(address).status_code == 404
    assert made.json() == {
        "id": str(album_id), "owner_id": str(alice.pk), "wrapped_album_key": key,
        "generation": 1, "settings": {"number": 1, "sealed": settings}, "item_count": 0,
        "is_shared": False,
    }

    item_key = to_base64url(wrapped_key())
    item = {"image_id": str(image.pk), "version": 1, "wrapped_content_key": item_key}
    for _ in range(2):
        added = alice_app.post(f"{address}/items", {"items": [item]}, format="json")
        assert added.status_code == 204
    [shown] = alice_app.get(f"{address}/items").json()["items"]
    assert shown | {"added_at": ""} == item | {"added_at": ""}
    assert alice_app.get(f"{API}/images/{image.pk}").json()["albums"] == [str(album_id)]
    assert alice_app.get(f"{API}/albums").json()["items"][0]["item_count"] == 1

    newer = {"settings": {"number": 2, "sealed": record()}}
    assert alice_app.patch(address, newer, format="json").json()["settings"] == newer["settings"]
    stale = {"settings": {"number": 2, "sealed": record()}}
    conflict = alice_app.patch(address, stale, format="json")
    assert (conflict.status_code, conflict.json()["number"]) == (409, 2)

    removing = {"image_ids": [str(image.pk), str(uuid7())]}
    gone = alice_app.post(f"{address}/items/remove", removing, format="json")
    assert gone.status_code == 204
    assert not AlbumItem.objects.exists()
    assert alice_app.delete(address).status_code == 204
    assert alice_app.get(address).status_code == 404
    assert Image.objects.filter(pk=image.pk).exists()


def test_a_late_request_does_not_bring_a_deleted_album_back(
    alice_app: APIClient, mallory_app: APIClient
) -> None:
    address = f"{API}/albums/{uuid7()}"
    body = {
        "wrapped_album_key": to_base64url(wrapped_key()), "generation": 1,
        "settings": {"number": 1, "sealed": record()},
    }
    assert alice_app.put(address, body, format="json").status_code == 201
    assert alice_app.delete(address).status_code == 204

    late = alice_app.put(address, body, format="json")

    assert (late.status_code, late.json()["code"]) == (410, "gone")
    assert mallory_app.put(address, body, format="json").status_code == 404
    assert not Album.objects.exists()


def test_padding_around_the_ids_of_an_upload_is_not_kept(alice_app: APIClient) -> None:
    about = f"image {b64(str(uuid7()))}", f"part {b64('original')}"
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "10"}
    padded = {**headers, "Upload-Metadata": ("," + " " * 300).join(about)}

    made = alice_app.post(f"{API}/uploads", headers=padded)

    assert made.status_code == 201
    shown = alice_app.head(made["Location"], headers={"Tus-Resumable": "1.0.0"})
    assert shown["Upload-Metadata"] == ",".join(about) == Upload.objects.get().about


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_somebody_elses_image_cannot_be_put_into_an_album(
    alice: Account, mallory_app: APIClient, image: Image
) -> None:
    album_id = uuid7()
    body = {
        "wrapped_album_key": to_base64url(wrapped_key()),
        "generation": 1, "settings": {"number": 1, "sealed": record()},
    }
    mallory_app.put(f"{API}/albums/{album_id}", body, format="json")
    item = {
        "image_id": str(image.pk), "version": 1, "wrapped_content_key": to_base64url(wrapped_key()),
    }

    response = mallory_app.post(f"{API}/albums/{album_id}/items", {"items": [item]}, format="json")

    assert response.status_code == 404
    assert not AlbumItem.objects.exists()


def test_a_newer_version_takes_its_key_into_the_album_and_an_older_one_does_not(
    alice: Account, alice_app: APIClient, image: Image
) -> None:
    album_id = uuid7()
    body = {
        "wrapped_album_key": to_base64url(wrapped_key()),
        "generation": 1, "settings": {"number": 1, "sealed": record()},
    }
    alice_app.put(f"{API}/albums/{album_id}", body, format="json")
    replacing = commit_body(draft(alice))
    alice_app.put(f"{API}/images/{image.pk}/versions/2", replacing, format="json")
    keys = {version: to_base64url(wrapped_key()) for version in (1, 2)}

    def add(version: int) -> int:
        item = {
            "image_id": str(image.pk), "version": version, "wrapped_content_key": keys[version],
        }
        address = f"{API}/albums/{album_id}/items"
        return alice_app.post(address, {"items": [item]}, format="json").status_code

    assert [add(1), add(2), add(1), add(2)] == [204] * 4
    item = AlbumItem.objects.get()
    assert (item.version, item.open()) == (2, from_base64url(keys[2]))


def test_a_batch_does_what_can_be_done_and_says_the_rest(
    alice: Account, alice_app: APIClient, mallory: Account
) -> None:
    purged, marked, corrected, stale = (store_image(alice) for _ in range(4))
    gone, foreign = store_image(alice), store_image(mallory)
    purge_image(gone, actor=alice)
    operations = [
        {"op": "purge", "id": str(purged.pk)},
        {"op": "marks", "id": str(marked.pk), "number": 1, "marks": record()},
        {"op": "corrections", "id": str(corrected.pk), "revision": 1, "corrections": record()},
        {"op": "marks", "id": str(stale.pk), "number": 9, "marks": record()},
        {"op": "restore", "id": str(gone.pk)},
        {"op": "purge", "id": str(foreign.pk)},
    ]

    response = alice_app.post(f"{API}/images/batch", {"operations": operations}, format="json")

    results = response.json()["results"]
    assert [r["id"] for r in results] == [o["id"] for o in operations]
    assert [(r["status"], r.get("code")) for r in results] == [
        (204, None), (200, None), (201, None), (409, "conflict"), (410, "gone"),
        (404, "not_found"),
    ]
    assert Tombstone.objects.filter(pk=purged.pk).exists()
    assert Image.objects.filter(pk=foreign.pk).exists()
    assert Correction.objects.get().image_id == corrected.pk


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "explode", "id": "ID"}],
        [{"op": "purge", "id": "ID"}, {"op": "purge", "id": "ID"}],
        [{"op": "marks", "id": "ID"}],
        [{"op": "corrections", "id": "ID", "revision": 1}],
        [{"op": "purge"}],
        "purge everything",
    ],
)
def test_a_batch_that_cannot_be_read_does_nothing(
    alice_app: APIClient, image: Image, operations: object
) -> None:
    body = json.loads(json.dumps({"operations": operations}).replace("ID", str(image.pk)))

    response = alice_app.post(f"{API}/images/batch", body, format="json")

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert Image.objects.filter(pk=image.pk).exists()


@pytest.mark.parametrize("op", ["purge", "bin", "restore", "marks", "corrections"])
def test_a_batch_costs_the_same_queries_whatever_its_size(
    alice: Account, alice_app: APIClient, counted: QueryCounter, op: str
) -> None:
    Preferences.objects.update_or_create(account=alice, defaults={"recycle_bin_days": 3})

    def run(images: list[Image]) -> int:
        operations = [
            {"op": op, "id": str(i.pk), "number": 1, "marks": record(), "revision": 1,
             "corrections": record()}
            for i in images
        ]
        with counted() as queries:
            body = {"operations": operations}
            assert alice_app.post(f"{API}/images/batch", body, format="json").status_code == 200
        return len(queries)

    run([store_image(alice)])
    few = run([store_image(alice) for _ in range(2)])
    many = run([store_image(alice) for _ in range(25)])
    assert many == few <= 40


GETS = ["/images", "/albums", "/sync", "/timeline", "/timeline/MONTH", "/images/IMAGE",
        "/images/IMAGE/versions", "/images/IMAGE/corrections",
        "/albums/ALBUM", "/albums/ALBUM/items"]


@pytest.mark.parametrize("address", GETS)
def test_reading_costs_the_same_queries_however_large_the_library(
    alice: Account, alice_app: APIClient, counted: QueryCounter, address: str
) -> None:
    image, album_id = store_image(alice), uuid7()
    body = {
        "wrapped_album_key": to_base64url(wrapped_key()), "generation": 1,
        "settings": {"number": 1, "sealed": record()},
    }
    alice_app.put(f"{API}/albums/{album_id}", body, format="json")
    path = f"{API}{address}".replace("IMAGE", str(image.pk)).replace("ALBUM", str(album_id))
    path = path.replace("MONTH", f"{timezone.now():%Y-%m}")

    def cost() -> int:
        add_all_to(Album.objects.get(pk=album_id))
        with counted() as queries:
            assert alice_app.get(path).status_code == 200
        return len(queries)

    few = cost()
    for _ in range(12):
        store_image(alice)
        alice_app.put(f"{API}/albums/{uuid7()}", body, format="json")
    assert cost() == few <= 15


def add_all_to(album: Album) -> None:
    drafts = [
        ItemDraft(image_id=image.pk, version=1, wrapped_content_key=wrapped_key())
        for image in Image.objects.all()
    ]
    add_items(album, drafts, actor=album.owner)


def test_the_schema_describes_every_endpoint_without_a_warning(
    capsys: pytest.CaptureFixture[str]
) -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)

    said = [line for line in capsys.readouterr().err.splitlines() if "images" in line]
    assert not said
    assert {p for p in schema["paths"] if "/images" in p or "/albums" in p or "/sync" in p}
