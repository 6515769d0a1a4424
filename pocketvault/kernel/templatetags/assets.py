"""Addresses of built files. The bundle's manifest says which hashed name is current."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe

from pocketvault.kernel.bundle import manifest
from pocketvault.kernel.catalogues import browser_catalogue, built_catalogue
from pocketvault.kernel.languages import spoken_language

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """``{% asset "icons.svg" %}``: the address of a built file by its logical name."""
    return f"{settings.STATIC_URL}{manifest()['files'][name]['path']}"


@register.simple_tag
def import_map() -> SafeString:
    """``{% import_map %}``: the integrity of every module, before the first of them.

    The text stands in the page as the build wrote it: ``script-src`` allows its hash.
    """
    text = manifest()["importMap"]["text"]
    if "<" in text:
        raise ValueError("The import map would end its own element.")
    return mark_safe(f'<script type="importmap">{text}</script>')  # noqa: S308  # checked above


@register.simple_tag
def script(name: str) -> SafeString:
    """``{% script "pages/vault.js" %}``: a module script, its imports ahead of it.

    Before one that says anything stands the catalogue of the page's language: scripts that wait
    for the document run in their order, so nothing is said in English first.
    """
    entry = manifest()["entries"][name]
    ahead = format_html_join(
        "",
        '<link rel="modulepreload" href="{}" integrity="{}" crossorigin="anonymous">',
        ((asset(each), _integrity(each)) for each in entry["imports"]),
    )
    words = catalogue(spoken_language()) if entry["speaks"] else SafeString("")
    return ahead + words + format_html(
        '<script type="module" src="{}" integrity="{}" crossorigin="anonymous"></script>',
        asset(name),
        _integrity(name),
    )


def catalogue(language: str) -> SafeString:
    """The browser's sentences in a language: a file of this build, else data in the page itself.
    Nothing for English, which needs none.
    """
    if (name := built_catalogue(language)) is not None:
        return format_html(
            '<script src="{}" integrity="{}" crossorigin="anonymous" fetchpriority="high" defer>'
            "</script>",
            asset(name),
            _integrity(name),
        )
    found = browser_catalogue(language)
    return SafeString("") if found is None else json_script(found, "catalogue")


@register.simple_tag
def early_script(name: str) -> SafeString:
    """``{% early_script "pages/early.js" %}``: a module that runs before the first paint.

    Only for what would otherwise be seen to change, such as the theme.
    """
    return format_html(
        '<script type="module" src="{}" integrity="{}" crossorigin="anonymous" async'
        ' blocking="render"></script>',
        asset(name),
        _integrity(name),
    )


@register.simple_tag
def stylesheet(name: str) -> SafeString:
    """``{% stylesheet "css/app.css" %}``: a style sheet with its integrity."""
    return format_html(
        '<link rel="stylesheet" href="{}" integrity="{}" crossorigin="anonymous">',
        asset(name),
        _integrity(name),
    )


def _integrity(name: str) -> str:
    return manifest()["files"][name]["integrity"]
