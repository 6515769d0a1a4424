"""The erasure map: a gap in it stops every command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.core import checks
from django.test import Client

from pocketvault.erasure_map import CATEGORIES, REASONS, lag_words
from pocketvault.kernel import custody
from pocketvault.kernel.checks import incomplete, undeclared
from pocketvault.kernel.custody import custodians
from pocketvault.kernel.stores import StoreSpec, remaining_in, stores


def spec(**changes: object) -> StoreSpec:
    values = {
        "name": "images.test", "title": "", "holds": "", "removal": "", "lag": timedelta(0),
        "why_not": "nothing",
    }  # fmt: skip
    return StoreSpec(**{**values, **changes})  # type: ignore[arg-type]


def ids(found: list[checks.CheckMessage]) -> set[str]:
    return {f"{each.id} {each.obj._meta.label if each.obj else ''}".strip() for each in found}


def test_the_map_as_it_is_has_no_gap() -> None:
    assert undeclared(custodians(), stores()) == []
    assert incomplete(stores()) == []
    assert not [each for each in checks.run_checks() if each.id.startswith("pocketvault.E00")]


def test_a_model_that_nobody_answers_for_is_an_error() -> None:
    without = [each for each in custodians() if each.app_label != "images"]

    found = ids(undeclared(without, [each for each in stores() if each.name != "images.rows"]))

    assert {"pocketvault.E001 images.Image", "pocketvault.E001 images.Album"} <= found


def test_a_model_that_names_blobs_needs_a_store_even_in_custody() -> None:
    found = ids(undeclared(custodians(), [s for s in stores() if s.name != "images.uploads"]))

    assert found == {"pocketvault.E002 images.Upload"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"why_not": ""}, "pocketvault.E003"),
        ({"remaining": set}, "pocketvault.E003"),
        ({"oldest_at": lambda: None}, "pocketvault.E003"),
        ({"task": "images.no_such_task"}, "pocketvault.E004"),
        ({"models": ("images.NoSuchModel",)}, "pocketvault.E005"),
    ],
    ids=["no look", "two looks", "looks both ways", "no task", "no model"],
)
def test_a_store_that_does_not_say_enough_is_an_error(
    changes: dict[str, object], code: str
) -> None:
    assert ids(incomplete([spec(**changes)])) == {code}


def test_only_stores_with_something_left_are_named() -> None:
    one, other = UUID(int=1), UUID(int=2)

    def away(_: object) -> set[UUID]:
        raise OSError

    looks: dict[str, Callable[[object], set[UUID]]] = {
        "images.empty": lambda _: set(), "images.full": lambda _: {one}, "images.away": away,
    }  # fmt: skip
    specs = [spec(name=name, why_not="", remaining=look) for name, look in looks.items()]

    assert remaining_in(specs, {one, other}) == {
        "images.full": {one}, "images.away": {one, other},
    }  # fmt: skip


def test_everything_on_the_map_has_words_for_people() -> None:
    keepings = [keeping for each in custodians() for keeping in each.keeps]

    assert {name for keeping in keepings for name in keeping.categories} <= set(CATEGORIES)
    assert {keeping.legal_basis for keeping in keepings} <= set(REASONS)
    assert {each.legal_basis for each in stores()} <= set(REASONS)


@pytest.mark.parametrize(
    ("lag", "words"),
    [(timedelta(0), "at once"), (timedelta(minutes=1), "within a minute"),
     (timedelta(minutes=5), "within 5 minutes"), (timedelta(days=22), "within 22 days")],
    ids=["none", "minute", "minutes", "days"],
)  # fmt: skip
def test_a_lag_is_said_as_people_say_it(lag: timedelta, words: str) -> None:
    assert lag_words(lag) == words


def test_the_page_is_made_from_the_registries_as_they_are(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = custody.Keeping(
        model="Image", owner_path="owner", categories=("user.content.private",),
        retention="until the cows come home",
    )
    [images] = [each for each in custodians() if each.app_label == "images"]
    before = client.get("/what-we-keep").content.decode()
    monkeypatch.setattr(type(images), "keeps", (*images.keeps, new))

    after = client.get("/what-we-keep").content.decode()

    assert all(each.title in before for each in stores())
    assert "until the cows come home" not in before
    assert "until the cows come home" in after
