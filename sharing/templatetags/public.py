"""A photograph on a public page, and what machines are told about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from math import log

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from pocketvault.kernel.reservation import PAGE_PATH, policy_url
from sharing.models import Profile, Publication
from sharing.public.finding import Tile
from sharing.public.placeholders import placeholder_address

register = template.Library()
# As static/css/parts/ratio.css has them.
NARROWEST, STEP, LAST_STEP = 0.4, 1.04, 53
# Within a script element, whatever its type. Django's own list, which has no public name.
_ESCAPED = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def tile(profile: Profile, photo: Tile, sharp: Mapping[str, str] | str = "") -> SafeString:
    """``{% tile profile photo sharp %}``: one photograph of the grid, leading to its page.
    Blurred, unless ``sharp`` says where the picture is.
    """
    public_id, width, height = photo.public_id, photo.width, photo.height
    # Put together by hand: there are five hundred. What anybody wrote is escaped, the rest is ours.
    return mark_safe(  # noqa: S308
        f'<li class="{_step(width, height)}"><a class="shot"'
        f' href="/u/{_escaped(profile.name)}/{public_id}" data-photo="{public_id}"'
        f' data-width="{width}" data-height="{height}" data-caption="{_escaped(photo.caption)}"'
        f' data-creator="{_escaped(photo.creator)}" data-licence="{_escaped(photo.licence)}">'
        f'<img src="{_escaped(_picture_of(photo, sharp))}" alt="{_escaped(_said(photo))}"'
        f' width="{width}" height="{height}"></a></li>'
    )


@register.simple_tag
def picture(photo: Publication) -> SafeString:
    """``{% picture photo %}``: the photograph of a page of its own."""
    return format_html(
        '<div class="shot" data-photo="{}" data-width="{}" data-height="{}" data-creator="{}">'
        '<img src="{}" alt="{}" width="{}" height="{}"></div>',
        photo.public_id, photo.width, photo.height, photo.creator, _blurred(photo), _said(photo),
        photo.width, photo.height,
    )  # fmt: skip


@register.simple_tag
def image_object(site: str, profile: Profile, photo: Publication) -> SafeString:
    """``{% image_object site profile photo %}``: whose it is, as schema.org says it.

    Data, which no script policy minds. No address of the picture itself: none lasts.
    """
    page = f"{site}/u/{profile.name}"
    creator = photo.creator or profile.shown_name
    described = {
        "@context": "https://schema.org",
        "@type": "ImageObject",
        "url": f"{page}/{photo.public_id}",
        "name": photo.caption or creator,
        "width": photo.width,
        "height": photo.height,
        "creator": {"@type": "Person", "name": creator, "url": page},
        "creditText": creator,
        "copyrightNotice": photo.licence,
        "license": policy_url(),
        "usageInfo": policy_url(),
        "acquireLicensePage": f"{site}{PAGE_PATH}",
    }
    text = json.dumps(described).translate(_ESCAPED)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308  # escaped


@register.simple_tag
def ratio_class(photo: Publication) -> str:
    """``{% ratio_class photo %}``: the step of width beside height that is nearest to its own."""
    return _step(photo.width, photo.height)


@lru_cache(maxsize=4096)
def _step(width: int, height: int) -> str:
    ratio = max(1, width) / max(1, height)
    return f"a{min(LAST_STEP, max(0, round(log(ratio / NARROWEST, STEP))))}"


def _picture_of(photo: Tile, sharp: Mapping[str, str] | str) -> str:
    if isinstance(sharp, Mapping) and photo.public_id in sharp:
        return sharp[photo.public_id]
    return _blurred(photo)


@lru_cache(maxsize=16384)
def _escaped(text: str) -> str:
    """Most of a page's words are the same on each photo."""
    return escape(text)


def _blurred(photo: Publication | Tile) -> str:
    return placeholder_address(bytes(photo.placeholder))


def _said(photo: Publication | Tile) -> str:
    return photo.caption or gettext("Photo without a caption")
