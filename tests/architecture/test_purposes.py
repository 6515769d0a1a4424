"""No code comes to stored bytes without saying why, and nothing says that it trains."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import CheckConstraint, Model
from django.urls import URLPattern, URLResolver, get_resolver

from pocketvault.kernel import work
from pocketvault.kernel.purposes import (
    FORBIDDEN_USES,
    FORBIDDEN_WORDS,
    Purpose,
    all_purposes,
    forbid_uses,
)
from tests.architecture import source
from tests.architecture.reaching import reached_from

STORE = ("pocketvault.kernel.blobs", "store")


def patterns(found: list[Any]) -> Iterator[URLPattern]:
    for each in found:
        if isinstance(each, URLResolver):
            yield from patterns(each.url_patterns)
        else:
            yield each


def plain(view: Any) -> Any:
    """The class or function behind an address, without what is wrapped around it."""
    view = getattr(view, "view_class", view)
    while hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    return view


def declared(view: Any) -> Purpose | None:
    return getattr(getattr(view, "view_class", view), "purpose", None)


VIEWS = {
    f"{plain(each.callback).__module__}.{plain(each.callback).__qualname__}": each.callback
    for urlconf in (settings.ROOT_URLCONF, settings.PUBLIC_URLCONF)
    for each in patterns(get_resolver(urlconf).url_patterns)
    if plain(each.callback).__module__.split(".")[0] in source.APPS
    and "<locals>" not in plain(each.callback).__qualname__
}


def comes_to_bytes(view: Any) -> bool:
    view = plain(view)
    return STORE in reached_from(view.__module__, view.__qualname__.split(".")[0])


TOUCHING = sorted(name for name, view in VIEWS.items() if comes_to_bytes(view))


@pytest.mark.parametrize("name", TOUCHING)
def test_a_view_that_comes_to_stored_bytes_says_why(name: str) -> None:
    assert declared(VIEWS[name]) in all_purposes()


def test_the_rule_sees_the_views_that_everybody_knows() -> None:
    """Whoever reads, by whatever way, on both origins. It would see others too."""
    assert {
        "images.api.views.content.PartView",
        "images.api.tus.UploadView",
        "sharing.api.views.shared_items.SharedPartView",
        "sharing.api.views.visits.VisitedPartView",
        "sharing.api.views.drops.DroppedPartView",
        "sharing.api.views.publications.PublicationPictureView",
        "sharing.public.pictures.show_picture",
        "sharing.public.pictures.show_cover",
        "sharing.api.views.traces.TracesView",
        "pocketvault.health.show_readiness",
    } <= set(TOUCHING)
    assert "accounts.api.views.me.MeView" not in TOUCHING


# The last says what kind of store there is, to people.
INSIDE = (
    "pocketvault/kernel/blobs/", "pocketvault/settings/", "pocketvault/kernel/infrastructure.py",
)


def ways_round_the_store(path: Path) -> list[str]:
    tree = source.tree(path)
    imports = source.imports_of(path)
    kinds = tuple(f"pocketvault.kernel.blobs.{kind}." for kind in ("files", "memory", "s3"))
    other_names = [
        alias.asname for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pocketvault.kernel")
        for alias in node.names if alias.name in ("store", "blobs") and alias.asname
    ]  # fmt: skip
    settings_read = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    uncalled = [
        f"line {node.lineno}" for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "store" and isinstance(node.ctx, ast.Load)
        and id(node) not in called and "pocketvault.kernel.blobs.store" in imports
    ]  # fmt: skip
    return [
        *(name for name in imports if name.startswith(kinds)),
        *other_names, *({"BLOBS"} & settings_read), *uncalled,
    ]  # fmt: skip


def test_there_is_no_way_round_the_store() -> None:
    """Its folder, its kinds and other names for it are not for anybody outside it: what reads
    ``store()`` is counted elsewhere (tests/images/test_delivery.py)."""
    outside = [p for p in source.modules() if not source.label(p).startswith(INSIDE)]
    assert not source.offenders(outside, ways_round_the_store)


def test_every_task_says_why() -> None:
    assert all(task.purpose in all_purposes() for task in work.tasks().values())
    assert len(work.tasks()) > 20


@pytest.mark.parametrize("use", [*FORBIDDEN_USES, "essential.sell", "advertising"])
def test_no_purpose_can_be_made_for_what_is_forbidden(use: str) -> None:
    with pytest.raises(ValueError, match="no data here"):
        Purpose(name="x", title="x", use=use, categories=(), legal_basis="6(1)(f)", retention="x")
    assert "x" not in [each.name for each in all_purposes()]


def test_no_declared_purpose_is_near_what_is_forbidden() -> None:
    for purpose in all_purposes():
        assert not [word for word in FORBIDDEN_WORDS if word in purpose.use + purpose.name]


# What an envelope is for, held or not: a content key or a record key.
OTHER_PURPOSES = {"images.Envelope", "rights.HeldEnvelope"}
WITH_PURPOSE = [
    model
    for label in settings.VAULT_APPS
    for model in apps.get_app_config(label).get_models()
    if model._meta.label not in OTHER_PURPOSES
    and {"purpose", "use"} & {field.name for field in model._meta.get_fields()}
]


@pytest.mark.parametrize("model", WITH_PURPOSE, ids=lambda model: model._meta.label)
def test_wherever_a_purpose_is_stored_the_database_refuses_what_is_forbidden(
    model: type[Model],
) -> None:
    checks = [c.condition for c in model._meta.constraints if isinstance(c, CheckConstraint)]
    assert forbid_uses("x").condition in checks


def learning_parts(path: Path) -> set[str]:
    tree = source.tree(path)
    imports = source.imports_of(path)
    parts = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    clients = {
        ast.unparse(n.args[0])
        for n in ast.walk(tree)
        if "boto3" in {i.split(".")[0] for i in imports}
        and isinstance(n, ast.Call) and n.args
        and ast.unparse(n.func).endswith((".client", ".resource"))
    }  # fmt: skip
    return {
        *(parts & {"dnn", "dnn_superres", "ml", "face"}),
        *(n for n in imports if n.startswith(("cv2.dnn", "cv2.ml"))),
        *(clients - {"'s3'"}),
    }


def test_nothing_uses_the_learning_parts_of_what_we_need_otherwise() -> None:
    """OpenCV comes with a reader of neural networks, and the storage SDK with clients of every
    service its vendor has."""
    assert not source.offenders(source.modules(), learning_parts)
