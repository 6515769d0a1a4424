"""One person's devices, a worker and a purge at the same moment: nobody waits for somebody who
waits for them, and what is left is whole.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection
from pytest_django import Settings

from accounts.models import Account
from images.actions import freeing
from images.actions.disposal import purge_images
from images.models import Image, ImagePart, StorageUse
from sharing.actions.advancing import advance_publication
from sharing.models import (
    Publication,
    PublicationBlob,
    PublicationFeatures,
    Rendition,
    WatermarkNumber,
)
from tests.factories import app_of
from tests.images.making import store_image
from tests.sharing import publicity
from tests.sharing.publicity import API, Copy
from tests.sharing.signing_albums import Person, person
from tests.standing import blob_keys

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_store")]
ROUNDS = 5
Deed = Callable[[Person, random.Random], int]


def publish_one(owner: Person, dice: random.Random) -> int:
    image = dice.choice(list(Image.objects.owned_by(owner.account)) or [store_image(owner.account)])
    return publicity.put(owner, Copy(image=image, content=publicity.png((90, 60)))).status_code


def withdraw_one(owner: Person, dice: random.Random) -> int:
    ids = list(Publication.objects.values_list("pk", flat=True))
    if not ids:
        return 204
    keeps = dice.random() < 0.5
    return publicity.withdraw(owner, dice.choice(ids), keeps_number=keeps).status_code


def arrange_all(owner: Person, dice: random.Random) -> int:
    try:
        items = [
            publicity.placed(owner, pk, position=dice.randrange(9))
            for pk in Publication.objects.values_list("pk", flat=True)
        ]
    except Publication.DoesNotExist:  # taken back while this was signed
        return 404
    return owner.app.post(f"{API}/profile/arrange", {"items": items}, format="json").status_code


def choose_cover(owner: Person, dice: random.Random) -> int:
    ids = [str(pk) for pk in Publication.objects.values_list("pk", flat=True)]
    body = publicity.profile_body(owner, cover=dice.choice([None, *ids]))
    return owner.app.put(f"{API}/profile", body, format="json").status_code


def start_over(owner: Person, dice: random.Random) -> int:
    path = dice.choice([f"{API}/exposures/end-all", f"{API}/publications/withdraw-all"])
    return owner.app.post(path, {"keeps_number": True}, format="json").status_code


def purge_one(owner: Person, dice: random.Random) -> int:
    ids = list(Image.objects.owned_by(owner.account).values_list("pk", flat=True))
    purge_images(dice.sample(ids, min(2, len(ids))), actor=owner.account)
    store_image(owner.account)
    return 204


def work_a_little(owner: Person, dice: random.Random) -> int:
    del owner
    for pk in list(Publication.objects.under_way().values_list("pk", flat=True))[:2]:
        advance_publication(pk)
    return 204


DEEDS: tuple[Deed, ...] = (
    publish_one, withdraw_one, arrange_all, choose_cover, start_over, purge_one, work_a_little,
    work_a_little,
)  # fmt: skip


@pytest.fixture(autouse=True)
def profiles_are_on(settings: Settings) -> None:
    settings.PROFILES_URL = "http://photos.localhost:8000"


def test_everything_at_once_ends_whole(alice: Account) -> None:
    owner, said = person(alice), Counter[str]()
    publicity.open_profile(owner)
    for _ in range(3):
        publicity.publish(owner, Copy(image=store_image(alice), content=publicity.png((90, 60))))

    def live(number: int) -> None:
        dice = random.Random(number)
        device = Person(alice, app_of(alice), owner.key)
        for _ in range(ROUNDS):
            deed = DEEDS[number] if number < len(DEEDS) else dice.choice(DEEDS)
            try:
                said[str(deed(device, dice))] += 1
            except OperationalError as error:
                said["deadlock" if "deadlock" in str(error) else "locked"] += 1
        connection.close()

    threads = [threading.Thread(target=live, args=(n,)) for n in range(len(DEEDS))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    ordinary = {"200", "201", "204", "404", "409"}
    if connection.vendor != "postgresql":
        ordinary |= {"503", "locked"}  # one writes at a time, and whoever waits too long goes
    assert set(said) <= ordinary, said
    for pk in Publication.objects.under_way().values_list("pk", flat=True):
        while Publication.objects.under_way().filter(pk=pk).exists():
            advance_publication(pk)
    check_whole(owner)


def check_whole(owner: Person) -> None:
    """Every row has its blob, what is discarded is nobody's, and the counts are those of the
    rows.
    """
    freeing.free_discarded_blobs()
    models = (PublicationBlob, Rendition, PublicationFeatures, ImagePart)
    named = {
        key
        for model in models
        for key in model._default_manager.values_list("blob_key", flat=True)
    }
    assert named <= blob_keys()
    for publication in Publication.objects.all():
        assert publication.state in ("live", "refused")
        assert publication.renditions.count() == (6 if publication.state == "live" else 0)
    assert not WatermarkNumber.objects.filter(publication=None, withdrawn_at=None).exists()
    counted = (ImagePart, Rendition, PublicationFeatures)
    stored = sum(sum(m._default_manager.values_list("bytes", flat=True)) for m in counted)
    use = StorageUse.objects.get(pk=owner.pk)
    assert use.used_bytes == stored
