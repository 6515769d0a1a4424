"""What a session can do that an e-mail reset opened: look, and nothing else.

Somebody who reads the owner's mail for a minute can reset the account. Every route and
method of the URLconf that is not a question is tried as that session; one that is let in
must be named here, with the reason.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import get_resolver
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.api.base import AccountView
from accounts.models import Account, Preferences
from images.models import Album, Image
from pocketvault.kernel import work
from tests.accounts import bodies
from tests.api.doors import DOORS
from tests.api.scene import OWNER, Scene, knock, text
from tests.api.test_personas import address, body_of, methods_of, own_store, routes
from tests.images.making import sealed_record, store_image

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures(own_store.__name__)]

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
LET_IN = {
    # This device and the others: an owner who was reset by somebody must get them out.
    ("DELETE", "auth/session"),
    ("PUT", "auth/session/resume-key"),
    ("PATCH", "auth/session/resume-key"),
    ("DELETE", "auth/session/resume-key"),
    ("DELETE", "auth/session/push"),
    ("DELETE", "auth/sessions/<uuid:session_id>/push"),
    ("POST", "auth/sessions/end-others"),
    ("POST", "auth/sessions/end-all"),
    ("DELETE", "auth/sessions/<uuid:session_id>"),
    # How the vault is opened again.
    ("POST", "auth/step-up"),
    # To say no: the mail that a thief reads has a code for it as well.
    ("POST", "recovery-contacts/stop"),
    # Language and colours; `recycle_bin_days` shortens nothing while the vault is shut.
    ("PATCH", "me/preferences"),
    # To object, and what can be turned on by that are mails with numbers.
    ("PATCH", "me/choices"),
    # Ending an agreement takes nothing that its owner would miss: what was made can be made again.
    ("POST", "consents/<uuid:consent_id>/withdraw"),
    # A question to people, who know then that the vault is shut.
    ("POST", "requests"),
    # Needs what only an open vault can show: the phrase itself.
    ("POST", "keys/recovery/confirm"),
    # An empty body; one that says something is refused (see tests/accounts/test_keys.py).
    ("POST", "auth/passkeys"),
    ("PATCH", "auth/passkeys/<uuid:passkey_id>"),
    # Bytes that become nothing without a commit.
    ("POST", "uploads"),
    ("PATCH", "uploads/<uuid:upload_id>"),
    ("DELETE", "uploads/<uuid:upload_id>"),
    # A question.
    ("POST", "images/check"),
    # These wait for seven days, with a mail; a batch refuses its other operations one by one.
    ("DELETE", "images/<uuid:image_id>"),
    ("POST", "images/<uuid:image_id>/bin"),
    ("POST", "images/batch"),
    # Waits for seven days at least, with a mail; until then nothing ends.
    ("PUT", "me/closing"),
}
DOORS_THAT_WRITE = [
    (method, route.removeprefix("api/v1/"))
    for route, pattern in routes(get_resolver().url_patterns)
    if issubclass(getattr(pattern.callback, "view_class", object), AccountView)
    for method in methods_of(pattern)
    if method in WRITES
]


def shut(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(vault_shut_at=timezone.now())


@pytest.fixture
def thief(alice: Account, api: APIClient) -> APIClient:
    """Somebody who read alice's mail, and has nothing else of hers."""
    client = bodies.with_token(bodies.reset(api, alice.email)["token"])
    work.run_due_jobs()
    mail.outbox.clear()
    return client


@pytest.mark.parametrize(("method", "route"), DOORS_THAT_WRITE, ids=lambda value: value)
def test_a_shut_vault_lets_nobody_write(method: str, route: str) -> None:
    scene, door = Scene(OWNER), DOORS[method, f"api/v1/{route}"]
    path, payload = address(f"api/v1/{route}", scene.alices), door.brings(scene)
    assert scene.client.get("/api/v1/me").status_code == 200
    shut(scene.alice)

    answer = knock(scene, method, path, payload)

    is_refused = answer.status_code == 403 and b"vault_shut" in body_of(answer)
    assert is_refused is ((method, route) not in LET_IN), body_of(answer)


def test_every_line_of_the_exceptions_is_a_door() -> None:
    assert set(DOORS_THAT_WRITE) >= LET_IN


@pytest.mark.parametrize("op", ["restore", "marks", "corrections"])
def test_a_batch_of_a_shut_vault_refuses_all_but_deleting(
    op: str, alice: Account, thief: APIClient
) -> None:
    image, other = store_image(alice), store_image(alice)
    sealed = text(sealed_record())
    body = {"number": 1, "marks": sealed, "revision": 1, "corrections": sealed}
    operations = [{"op": op, "id": str(image.pk), **body}, {"op": "bin", "id": str(other.pk)}]

    answer = thief.post("/api/v1/images/batch", {"operations": operations}, format="json")

    assert [(r["status"], r.get("code")) for r in answer.data["results"]] == [
        (403, "vault_shut"), (200, None),
    ]
    image.refresh_from_db()
    assert (image.marks_number, image.corrections_revision) == (0, 0)


def test_a_reset_cannot_take_back_what_the_owner_deleted(
    alice: Account, thief: APIClient
) -> None:
    image = store_image(alice)
    Image.objects.update(binned_at=timezone.now(), purge_at=timezone.now() + timedelta(days=2))

    assert thief.post(f"/api/v1/images/{image.pk}/restore").status_code == 403

    image.refresh_from_db()
    assert image.purge_at is not None


@pytest.mark.parametrize("days", [0, 1, 7])
@pytest.mark.parametrize("way", ["purge", "bin", "batch"])
def test_whatever_way_a_photo_goes_the_owner_is_told_once(
    way: str, days: int, alice: Account, thief: APIClient
) -> None:
    image = store_image(alice)
    Preferences.objects.update_or_create(account=alice, defaults={"recycle_bin_days": days})
    path = f"/api/v1/images/{image.pk}"
    operations = {"operations": [{"op": "bin", "id": str(image.pk)}]}

    for _ in range(20):
        match way:
            case "purge":
                thief.delete(path)
            case "bin":
                thief.post(f"{path}/bin")
            case _:
                thief.post("/api/v1/images/batch", operations, format="json")
    work.run_due_jobs()

    [letter] = mail.outbox
    assert letter.to == [alice.email]
    image.refresh_from_db()
    assert image.purge_at is not None
    assert image.purge_at > timezone.now() + timedelta(days=6, hours=23)


def test_albums_are_out_of_reach(thief: APIClient, alice: Account) -> None:
    album = Album.objects.create(owner=alice, made_at=timezone.now(), settings=sealed_record())

    assert thief.delete(f"/api/v1/albums/{album.pk}").status_code == 403
    assert Album.objects.filter(pk=album.pk).exists()
