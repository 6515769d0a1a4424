"""Proof P5: photos are never used for training, and never ingested into a model.

Three things together: no purpose of the registry is near it and the database takes no other; no
package that learns is locked or installed; whatever is public says no in every way that machines
read. Each has tests of its own (docs/choices.md, docs/no-training.md); here each is switched off
once, and is seen.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import settings
from django.db import connection

from deploy.refused import ROOT, Package, packages_installed, packages_of, refusals, refused_among
from images.delivery import read_whole
from pocketvault.kernel.purposes import (
    FORBIDDEN_WORDS,
    STORE_IMAGES,
    Purpose,
    all_purposes,
    purpose_named,
)
from pocketvault.machines.selfcheck import findings
from tests.architecture.test_purposes import TOUCHING, VIEWS, WITH_PURPOSE, declared

pytestmark = pytest.mark.django_db


def test_nothing_that_is_done_with_photos_is_training() -> None:
    assert [each for each in all_purposes() if "train" in each.use + each.name] == []
    assert {declared(VIEWS[name]) for name in TOUCHING} <= set(all_purposes())


def test_a_purpose_for_training_can_neither_be_made_nor_copied_from_another() -> None:
    with pytest.raises(ValueError, match="no data here"):
        replace(STORE_IMAGES, name="learn", use="essential.train_ai_system")
    with pytest.raises(ValueError, match="could not be stored"):
        replace(STORE_IMAGES, name="train_on_images")
    assert purpose_named("learn") is purpose_named("train_on_images") is None


@pytest.mark.parametrize("curiosity", ["train_ai_system", None, "store_images"])
def test_bytes_are_read_for_a_declared_purpose_only(curiosity: object) -> None:
    with pytest.raises(TypeError, match="declared purpose"):
        read_whole("any", purpose=curiosity, image_id=STORE_IMAGES.id)  # type: ignore[arg-type]
    assert isinstance(STORE_IMAGES, Purpose)


@pytest.mark.parametrize("model", WITH_PURPOSE, ids=lambda model: model._meta.label)
@pytest.mark.parametrize("word", FORBIDDEN_WORDS)
def test_no_table_with_a_purpose_takes_a_forbidden_one(model: type, word: str) -> None:
    """As the tables really are. That such a row is refused is seen where each is written."""
    table = model._meta.db_table  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [table])
        else:
            cursor.execute(
                "SELECT string_agg(pg_get_constraintdef(oid), ' ') FROM pg_constraint "
                "WHERE conrelid = %s::regclass", [table],
            )  # fmt: skip
        [definition] = cursor.fetchone()
    assert f"%{word}%".upper() in definition.upper().replace("\\", "")


def test_no_package_that_learns_is_here_and_one_would_be_seen() -> None:
    packages = [*packages_of(ROOT), *packages_installed()]

    assert refused_among(packages, refusals()) == []
    assert refused_among([*packages, Package("python", "torch", "here")], refusals())


def test_everything_public_says_no() -> None:
    # How old the list of agents is depends on the day on which this runs, and its page says it.
    found = [each for each in findings() if "days old" not in each.name]

    assert len(found) > 10
    assert [each.name for each in found if not each.is_there] == []
    assert settings.AI_AGENTS.names
