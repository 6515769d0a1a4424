"""Every sentence the server says: in templates, in mails, and in refusals.

A refusal's sentence is plain English where it is raised, because a class is made long before
anybody asks in a language; `pocketvault.api` translates it on its way out. So not only what
stands in ``gettext()`` counts, but also:

- ``sentence = "..."`` in a class, and the first argument of ``SomethingError("...")``;
- each value of a dictionary given to ``ValidationError``;
- ``subject=`` and ``happened=`` of a notice by mail;
- what the registries say of stores and of what is kept, which a public page shows.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.template.base import Template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.module_loading import import_string
from django.utils.text import capfirst

from pocketvault.kernel.custody import custodians

# One sentence, or one and many.
Message = str | tuple[str, str]

APPS = ("accounts", "images", "sharing", "rights", "pocketvault")
SPOKEN_KEYWORDS = {"subject", "happened"}
GETTEXT = {"gettext", "gettext_lazy", "gettext_noop"}
COUNTED = "ngettext"


def server_messages(root: Path) -> set[Message]:
    """Everything the server says to people."""
    found: set[Message] = set()
    for file in sorted((root / "templates").rglob("*")):
        if file.suffix in (".html", ".txt"):
            found |= set(_in_template(file.read_text(encoding="utf-8")))
    for app in APPS:
        for file in sorted((root / app).rglob("*.py")):
            found |= set(_in_module(ast.parse(file.read_text(encoding="utf-8"))))
    return found | set(_in_registries())


def _in_registries() -> Iterator[str]:
    # By name: it has models, and this module is imported before Django is set up.
    for spec in import_string("pocketvault.kernel.stores.stores")():
        yield from (spec.title, spec.holds, spec.removal)
        if spec.why_not:
            yield spec.why_not
    for custodian in custodians():
        for keeping in custodian.keeps:
            yield keeping.retention
            name = apps.get_model(custodian.app_label, keeping.model)._meta.verbose_name
            yield capfirst(str(name))


def _in_template(source: str) -> Iterator[Message]:
    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)
    template = Template(source, engine=engine.engine)
    for node in template.nodelist.get_nodes_by_type(TranslateNode):
        assert isinstance(node, TranslateNode)
        literal = getattr(node.filter_expression.var, "literal", None)
        if isinstance(literal, str):
            yield literal
    for node in template.nodelist.get_nodes_by_type(BlockTranslateNode):
        assert isinstance(node, BlockTranslateNode)
        one, _ = node.render_token_list(node.singular)
        if node.plural:
            many, _ = node.render_token_list(node.plural)
            yield (one, many)
        else:
            yield one


def _in_module(tree: ast.Module) -> Iterator[Message]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from _in_class(node)
        elif isinstance(node, ast.Call):
            yield from _in_call(node)


def _in_class(node: ast.ClassDef) -> Iterator[str]:
    for statement in node.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        if any(isinstance(each, ast.Name) and each.id == "sentence" for each in targets):
            yield from _text(getattr(statement, "value", None))


def _in_call(node: ast.Call) -> Iterator[Message]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    first = node.args[0] if node.args else None
    if name in GETTEXT or (name.endswith("Error") and not hasattr(builtins, name)):
        yield from _text(first)
    if name == COUNTED:
        one, many = ("".join(_text(each)) for each in node.args[:2])
        yield (one, many)
    if name == "ValidationError" and isinstance(first, ast.Dict):
        for value in first.values:
            yield from _text(value)
    for keyword in node.keywords:
        if keyword.arg in SPOKEN_KEYWORDS:
            yield from _text(keyword.value)


def _text(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
        yield node.value
