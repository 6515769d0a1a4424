"""The language of a page: its name, and the catalogue for the code on it."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from pocketvault.kernel.catalogues import browser_catalogue

register = template.Library()


@register.simple_tag
def page_language() -> str:
    """``{% page_language %}``: as HTML and Intl write it, such as ``en-GB``."""
    name, _, region = (get_language() or settings.LANGUAGE_CODE).partition("-")
    return f"{name}-{region.upper() if len(region) == 2 else region.title()}" if region else name


@register.simple_tag
def catalogue() -> SafeString | str:
    """``{% catalogue %}``: the browser's sentences as data. Not a script, so no policy minds it.

    In the page itself, because the first sentence is asked for before anything could be fetched.
    """
    found = browser_catalogue(get_language() or settings.LANGUAGE_CODE)
    return "" if found is None else json_script(found, "catalogue")
