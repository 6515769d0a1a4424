"""The one form of the desk: fields, a reason, and a button for each act.

``{% reason_form "decide" %}``, fields, ``{% act "withhold" _("Withhold") "main" %}``, and
``{% endreason_form %}``. Its looks are ``templates/admin/parts/reason-form.html``. What it asks
for is sent as ``act``, beside a ``reason``, and read by `act_of` and `reason_of` of
`pocketvault.desk.subjects`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django import template
from django.template import RequestContext

register = template.Library()
_BUTTONS = "buttons_of_reason_form"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A way to send a form. ``kind`` is a class of `.btn`: main, danger, ghost or none."""

    name: str
    value: str
    words: str
    kind: str


@register.simple_tag(takes_context=True)
def act(context: RequestContext, value: str, words: str, kind: str = "", name: str = "act") -> str:
    """One button of the form around it. They stand in their order below the reason."""
    _buttons(context).append(Button(name=name, value=value, words=words, kind=kind))
    return ""


@register.simple_block_tag(takes_context=True)
def reason_form(
    context: RequestContext, content: str, form_id: str, *, words: str = "", **facts: Any
) -> str:
    """The form. ``words`` ask for the reason ("Why" without). ``facts``: ``act``, where its
    buttons say something else; ``to``, where it is sent, if not here; ``is_long`` for a reason of
    many lines, ``is_row`` for a form in one line, ``has_file``, ``may_be_without`` a reason.

    What was refused is there again, so that nobody writes a reason twice.
    """
    buttons = list(_buttons(context))
    _buttons(context).clear()
    sent = context["request"].POST
    mine = {facts.get("act")} | {each.value for each in buttons if each.name == "act"}
    was_sent = sent.get("act", "") in mine or not any(mine)
    shown = {
        "form_id": form_id, "fields": content, "buttons": buttons, "words": words, "to": "",
        "reason": sent.get("reason", "") if was_sent else "", **facts,
    }  # fmt: skip
    part = context.template.engine.get_template("admin/parts/reason-form.html")  # type: ignore[union-attr]
    with context.push(**shown):
        return str(part.render(context))


def _buttons(context: RequestContext) -> list[Button]:
    """Those of the form that is being drawn. Its inside is drawn before the form itself is."""
    found: Any = context.render_context
    if found.get(_BUTTONS) is None:
        found[_BUTTONS] = []
    return cast("list[Button]", found[_BUTTONS])
