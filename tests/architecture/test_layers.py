"""The dependency order is a fact about the code, not a wish in a document."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.conf import settings

from tests.architecture import source

LAYERED = [p for p in source.modules() if source.layer_of(source.name_of(p)) is not None]


@pytest.mark.parametrize("path", LAYERED, ids=source.label)
def test_a_module_imports_only_its_own_layer_and_those_below(path: Path) -> None:
    height = source.layer_of(source.name_of(path))
    assert height is not None
    too_high = {n for n in source.imports_of(path) if (source.layer_of(n) or 0) > height}
    assert not too_high


@pytest.mark.parametrize("path", LAYERED, ids=source.label)
def test_nothing_below_imports_the_composition_root(path: Path) -> None:
    root = {
        n
        for n in source.imports_of(path)
        if n.startswith("pocketvault.") and not n.startswith("pocketvault.kernel")
    }
    assert not root


@pytest.mark.parametrize("path", source.modules(), ids=source.label)
def test_imports_stand_at_the_top(path: Path) -> None:
    tree = source.tree(path)
    top = set(map(id, tree.body))
    hidden = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in top
    ]
    assert not hidden, f"local imports at lines {hidden}"


@pytest.mark.parametrize("path", LAYERED, ids=source.label)
def test_actions_do_not_reach_up_to_what_calls_them(path: Path) -> None:
    parts = path.parts
    if "actions" not in parts and path.name != "actions.py":
        return
    app = source.name_of(path).split(".")[0]
    callers = {
        f"{app}.{name}" for name in ("tasks", "views", "api", "admin", "receivers", "custody")
    }
    reaches_up = {n for n in source.imports_of(path) if ".".join(n.split(".")[:2]) in callers}
    assert not reaches_up


@pytest.mark.parametrize("path", LAYERED, ids=source.label)
def test_models_do_not_import_actions(path: Path) -> None:
    if "models" not in path.parts and path.name != "models.py":
        return
    assert not {n for n in source.imports_of(path) if ".actions" in n}


def test_installed_apps_follow_the_same_order() -> None:
    assert ["pocketvault.kernel", *settings.VAULT_APPS] == source.LAYERS
    ours = [a for a in settings.INSTALLED_APPS if a in source.LAYERS]
    assert ours == source.LAYERS


@pytest.mark.parametrize("path", source.modules(), ids=source.label)
def test_no_module_has_a_name_that_says_nothing(path: Path) -> None:
    empty = {"utils", "util", "helpers", "common", "core", "misc", "services", "managers"}
    assert path.stem not in empty
    assert not empty & set(path.relative_to(source.ROOT).parts)


@pytest.mark.parametrize("path", source.modules(), ids=source.label)
def test_one_module_reads_the_environment(path: Path) -> None:
    if source.label(path) == "pocketvault/settings/env.py":
        return
    touched = [
        node.lineno
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr == "environ"
        and not _sets_the_settings_module(node, source.tree(path))
    ]
    assert not touched


def _sets_the_settings_module(node: ast.Attribute, tree: ast.Module) -> bool:
    """``os.environ.setdefault("DJANGO_SETTINGS_MODULE", …)`` is how Django itself starts."""
    for call in ast.walk(tree):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.value is node
            and call.func.attr == "setdefault"
        ):
            first = call.args[0]
            return isinstance(first, ast.Constant) and first.value == "DJANGO_SETTINGS_MODULE"
    return False
