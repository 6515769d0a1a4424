"""Documents are looked up by tests, so they cannot drift from the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.api.limits import RATES, Door
from accounts.audit import AuditTag
from pocketvault.kernel import work
from pocketvault.kernel.custody import custodians
from pocketvault.kernel.stores import stores
from tests.architecture import source


@cache
def document(name: str) -> str:
    return (source.ROOT / "docs" / name).read_text(encoding="utf-8")


def settings_read() -> set[str]:
    """Every name that ``env.*("NAME")`` reads in the settings."""
    calls = re.compile(r'env\.(?:text|flag|number|words)\(\s*"([A-Z_]+)"')
    folder = source.ROOT / "pocketvault" / "settings"
    return {n for p in folder.glob("*.py") for n in calls.findall(p.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("name", sorted(settings_read()))
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in document("configuration.md")


def routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


API_ROUTES = sorted({r for r in routes(get_resolver().url_patterns) if r.startswith("api/v1/")})


@pytest.mark.parametrize("route", API_ROUTES)
def test_every_endpoint_is_documented(route: str) -> None:
    plain = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.removeprefix("api/v1"))
    assert f"`{plain}`" in document("api.md")


@pytest.mark.parametrize("tag", list(AuditTag))
def test_every_audit_tag_is_documented(tag: AuditTag) -> None:
    assert f"`{tag.value}`" in document("architecture.md")


@pytest.mark.parametrize("door", list(Door))
def test_every_door_that_can_be_tried_has_its_numbers_in_the_documents(door: Door) -> None:
    rates = RATES[door]
    star = " *" if rates.is_owned else ""
    said = [row for row in document("api.md").splitlines() if row.startswith(f"| `{door}`{star} |")]
    assert len(said) == 1
    assert said[0].endswith(f"| {rates.network} | {rates.near} | {rates.name} |")


def test_every_retention_rule_is_documented() -> None:
    text = document("architecture.md")
    missing = [
        keeping.model
        for custodian in custodians()
        for keeping in custodian.keeps
        if f"| {keeping.model} |" not in text or keeping.retention not in text
    ]
    assert not missing


def test_every_task_is_documented_with_its_reason_and_how_often_it_runs() -> None:
    _, _, below = document("architecture.md").partition("| task | purpose | every |")
    assert re.findall(r"^\| `.*$", below, re.MULTILINE) == [
        f"| `{name}` | {task.purpose.title} | {task.every or 'when owed'} |"
        for name, task in sorted(work.tasks().items())
    ]


def test_every_store_is_documented() -> None:
    text = document("deletion.md")
    missing = [
        spec.name
        for spec in stores()
        if not any(
            line.startswith(f"| `{spec.name}` | {spec.holds} | {spec.removal} |")
            for line in text.splitlines()
        )
    ]
    assert not missing


def test_public_names_say_why_they_exist() -> None:
    """Public functions and classes of the kernel and of actions carry a docstring."""

    def silent(path: Path) -> list[str]:
        return [
            node.name
            for node in source.tree(path).body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and ast.get_docstring(node) is None
        ]

    judged = [
        p for p in source.modules()
        if {"kernel", "actions"} & {*p.parts} and p.name != "apps.py"
    ]  # fmt: skip
    assert len(judged) > 100
    assert not source.offenders(judged, silent)
