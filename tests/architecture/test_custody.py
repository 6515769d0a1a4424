"""No personal data may exist that nobody knows how to show, export and erase."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db.models import PROTECT, ForeignKey, Model

from pocketvault.kernel.custody import Keeping, custodians
from tests.architecture import source

WITH_MODELS = [
    label for label in settings.VAULT_APPS if list(apps.get_app_config(label).get_models())
]
KEEPINGS = [(c.app_label, keeping) for c in custodians() for keeping in c.keeps]
CROSS_APP_KEYS = [
    field
    for label in settings.VAULT_APPS
    for model in apps.get_app_config(label).get_models()
    for field in model._meta.get_fields()
    if isinstance(field, ForeignKey)
    and field.related_model._meta.app_label not in (label, "auth", "contenttypes")
]


@pytest.mark.parametrize("label", WITH_MODELS)
def test_every_model_is_in_custody(label: str) -> None:
    [custodian] = [c for c in custodians() if c.app_label == label]
    kept = [keeping.model for keeping in custodian.keeps]
    assert len(kept) == len(set(kept))
    assert set(kept) == {m.__name__ for m in apps.get_app_config(label).get_models()}


@pytest.mark.parametrize(("label", "keeping"), KEEPINGS, ids=lambda v: getattr(v, "model", v))
def test_the_owner_path_of_a_keeping_exists(label: str, keeping: Keeping) -> None:
    if keeping.owner_path is None:
        return
    model: type[Model] = apps.get_model(label, keeping.model)
    try:
        model._default_manager.filter(**{keeping.owner_path: None})
    except FieldDoesNotExist:  # pragma: no cover - says which path is wrong
        pytest.fail(f"{keeping.model} has no {keeping.owner_path}")
    assert keeping.retention


def test_dependants_are_erased_first() -> None:
    order = [c.app_label for c in custodians()]
    assert order == [label for label in reversed(settings.VAULT_APPS) if label in order]
    assert order == [label for label in reversed(settings.VAULT_APPS) if label in WITH_MODELS]


@pytest.mark.parametrize("key", CROSS_APP_KEYS, ids=str)
def test_a_key_between_apps_protects_and_points_one_way_down(key: ForeignKey) -> None:
    """A cascade would be a deletion no action decided on; a reverse accessor would be an
    upward dependency that no import shows."""
    assert key.remote_field.on_delete is PROTECT
    assert key.remote_field.hidden, "set related_name='+'"
    here, there = key.model._meta.app_label, key.related_model._meta.app_label
    order = settings.VAULT_APPS
    assert order.index(there) < order.index(here)


def test_the_suite_would_notice_an_app_without_models() -> None:
    assert {"accounts", "images"} <= set(WITH_MODELS)
    assert source.LAYERS[1:] == settings.VAULT_APPS
