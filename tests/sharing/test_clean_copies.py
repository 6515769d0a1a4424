"""Clean copies: what is shared where an original carries more than the picture."""

from __future__ import annotations

import pytest

from accounts.models import Account
from images.actions.disposal import purge_image
from images.custody import ImagesCustodian
from images.models import DiscardedBlob, Envelope, EnvelopePurpose, ImagePart, StorageUse
from images.quota import usage_of
from pocketvault.kernel import work
from pocketvault.kernel.blobs import store
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from tests.images.making import bytes_of, upload
from tests.sharing.signing_albums import (
    API,
    Person,
    add,
    clean_body,
    give,
    photo,
    shared_album,
)

IMAGES = "/api/v1/images"


def put_clean(who: Person, image: object, body: dict, version: int = 1) -> object:
    return who.app.put(f"{IMAGES}/{image.pk}/versions/{version}/clean", body, format="json")


def clean_of(who: Person, image: object) -> dict | None:
    return who.app.get(f"{IMAGES}/{image.pk}/versions").json()["items"][0]["clean"]


def test_a_clean_copy_goes_in_and_comes_back_to_its_owner(owner: Person) -> None:
    image = photo(owner, original=b"o" * 500)
    assert clean_of(owner, image) is None
    body = clean_body(owner)

    made, again = (put_clean(owner, image, body) for _ in range(2))

    assert (made.status_code, again.status_code) == (201, 200)
    clean = clean_of(owner, image)
    assert clean == made.json()["clean"] == again.json()["clean"]
    assert clean["wrapped_content_key"] == body["wrapped_content_key"]
    assert clean["parts"]["original"]["bytes"] == 300
    assert set(clean["parts"]) == {"original", "thumbnail"}
    path = f"{IMAGES}/{image.pk}/versions/1"
    assert bytes_of(owner.app.get(f"{path}/clean-original")) == b"c" * 300
    assert owner.app.head(f"{path}/clean-thumbnail")["Content-Length"] == "30"
    assert bytes_of(owner.app.get(f"{path}/original")) == b"o" * 500
    # The feed's document is of the photo itself.
    assert set(owner.app.get(f"{IMAGES}/{image.pk}").json()["version"]["parts"]) == {
        "original", "thumbnail",
    }  # fmt: skip


def test_the_key_of_a_clean_copy_is_sealed_with_the_others(owner: Person) -> None:
    image = photo(owner)
    put_clean(owner, image, clean_body(owner))

    row = Envelope.objects.get(image=image, purpose=EnvelopePurpose.CLEAN)

    assert row.open() not in bytes(row.sealed)


def test_a_clean_copy_has_one_key(owner: Person) -> None:
    image = photo(owner)
    body = clean_body(owner)
    put_clean(owner, image, body)

    other = put_clean(owner, image, clean_body(owner))
    assert (other.status_code, other.json()["code"]) == (409, "already_exists")
    # Made again under the same key, such as after damage.
    ImagePart.objects.filter(name="clean-original").update(is_damaged=True)
    assert clean_of(owner, image)["is_damaged"] is True
    remade = clean_body(owner, b"d" * 310, wrapped_content_key=body["wrapped_content_key"])
    assert put_clean(owner, image, remade).status_code == 200

    assert clean_of(owner, image)["parts"]["original"]["bytes"] == 310
    assert clean_of(owner, image)["is_damaged"] is False
    assert DiscardedBlob.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [{"parts": {}}, {"wrapped_content_key": "AAAA"}, {"parts": {"clean-original": {}}}],
)
def test_a_malformed_clean_copy_is_refused(owner: Person, change: dict) -> None:
    image = photo(owner)

    answer = put_clean(owner, image, clean_body(owner) | change)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert not Envelope.objects.filter(purpose=EnvelopePurpose.CLEAN).exists()


def test_clean_copies_belong_to_a_version_of_ones_own(owner: Person, friend: Person) -> None:
    image = photo(owner)

    assert put_clean(owner, image, clean_body(owner), version=2).status_code == 404
    assert put_clean(friend, image, clean_body(friend)).status_code == 404
    path = f"{IMAGES}/{image.pk}/versions/1/clean-original"
    assert owner.app.get(path).status_code == 404
    put_clean(owner, image, clean_body(owner))
    assert friend.app.get(path).status_code == 404
    assert owner.app.put(path, {}, format="json").status_code == 405


def test_a_clean_copy_counts_is_verified_and_goes_with_the_photo(owner: Person) -> None:
    image = photo(owner)
    before = usage_of(owner.pk).used_bytes
    put_clean(owner, image, clean_body(owner))
    keys = list(ImagePart.objects.filter(image=image).values_list("blob_key", flat=True))

    assert usage_of(owner.pk).used_bytes == before + 330
    assert len(keys) == 4
    work.run_due_jobs()
    assert not ImagePart.objects.filter(verified_at=None).exists()

    purge_image(image, actor=owner.account)
    work.run_due_jobs()

    assert not Envelope.objects.exists()
    assert StorageUse.objects.get(pk=owner.pk).used_bytes == 0
    assert [each for each in keys if store().exists(each)] == []


def test_a_bad_part_of_a_clean_copy_is_seen(owner: Person) -> None:
    image = photo(owner)
    put_clean(owner, image, clean_body(owner))
    store().discard(ImagePart.objects.get(name="clean-thumbnail").blob_key)

    work.run_due_jobs()

    assert clean_of(owner, image)["is_damaged"] is True
    assert owner.app.get(f"{IMAGES}/{image.pk}").json()["version"]["is_damaged"] is False


def test_an_upload_becomes_one_part(owner: Person) -> None:
    image, body = photo(owner), clean_body(owner)
    body["parts"]["thumbnail"] = body["parts"]["original"]

    assert put_clean(owner, image, body).status_code == 400
    foreign = clean_body(owner)
    foreign["parts"]["original"]["upload"] = str(uuid7())
    assert put_clean(owner, image, foreign).status_code == 404
    assert not Envelope.objects.filter(purpose=EnvelopePurpose.CLEAN).exists()


def test_recipients_get_the_clean_copy_under_plain_names(owner: Person, friend: Person) -> None:
    image = photo(owner, original=b"with a place" * 40, thumbnail=b"t" * 40)
    album = shared_album(owner)
    give(owner, album, friend, can_download=True)

    early = add(owner, album, [image], source="clean")
    assert early.status_code == 404
    put_clean(owner, image, clean_body(owner))
    assert add(owner, album, [image], source="clean").status_code == 200

    [shown] = friend.app.get(f"{API}/{album.pk}/items").json()["items"]
    assert shown["source"] == "clean"
    assert {name: part["bytes"] for name, part in shown["parts"].items()} == {
        "original": 300, "thumbnail": 30,
    }  # fmt: skip
    path = f"{API}/{album.pk}/items/{image.pk}"
    assert bytes_of(friend.app.get(f"{path}/original")) == b"c" * 300
    assert bytes_of(friend.app.get(f"{path}/thumbnail")) == b"s" * 30
    # A part that only the photo itself has is not served in its place.
    ImagePart.objects.filter(name="clean-thumbnail").delete()
    assert friend.app.get(f"{path}/thumbnail").status_code == 404
    assert friend.app.get(f"{path}/clean-original").status_code == 404


def test_an_export_holds_clean_copies_and_their_keys(alice: Account, owner: Person) -> None:
    image = photo(owner)
    body = clean_body(owner)
    put_clean(owner, image, body)

    items = {item.path: item for item in ImagesCustodian().export(alice.pk)}

    assert b"".join(items[f"images/{image.pk}/1-clean-original.bin"].read()) == b"c" * 300
    document = b"".join(items[f"images/{image.pk}.json"].read())
    assert body["wrapped_content_key"].encode() in document


def test_a_clean_preview_can_come_along(owner: Person) -> None:
    image, body = photo(owner), clean_body(owner)
    sent = upload(owner.account, b"p" * 70)
    assert sent.sha256 is not None
    body["parts"]["preview"] = {
        "upload": str(sent.pk), "sha256": to_base64url(bytes(sent.sha256)), "bytes": 70,
    }  # fmt: skip

    assert put_clean(owner, image, body).status_code == 201
    assert clean_of(owner, image)["parts"]["preview"]["bytes"] == 70
