"""What the head of a page tells machines about the photos on it."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from pocketvault.kernel.reservation import NO_TRAINING, policy_url

register = template.Library()


@register.simple_tag
def no_training() -> SafeString:
    """``{% no_training %}``: the words of the headers again, for whoever kept the page alone."""
    return format_html(
        '<meta name="robots" content="{}">'
        '<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="{}">',
        NO_TRAINING,
        policy_url(),
    )
