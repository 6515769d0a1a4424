"""The language of a page: its name, and which others there are."""

from __future__ import annotations

from datetime import date

from django import template
from django.conf import settings
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info

from pocketvault.kernel import languages

register = template.Library()


@register.filter
def long_day(day: date | str) -> str:
    """``{{ due_on|long_day }}``: a day, or an ISO date, in the reader's words."""
    return languages.long_day(day)


@register.filter(expects_localtime=True)
def dated(moment: date | None, form: str) -> str:
    """``{{ case.due_at|dated:"j F Y, H:i" }}``: as the reader's language writes it."""
    return languages.dated(moment, form) if moment else ""


@register.simple_tag
def page_language() -> str:
    """``{% page_language %}``: as HTML and Intl write it, such as ``en-GB``."""
    name, _, region = (languages.spoken_language()).partition("-")
    return f"{name}-{region.upper() if len(region) == 2 else region.title()}" if region else name


@register.simple_tag
def languages_spoken() -> SafeString:
    """``{% languages_spoken %}``: code and own name of each language there is, as data."""
    codes = [code for code, _ in settings.LANGUAGES]
    names = [get_language_info(code.partition("-")[0])["name_local"] for code in codes]
    spoken = [[code, name.capitalize()] for code, name in zip(codes, names, strict=True)]
    return json_script(spoken, "languages")
