"""The AI agents that are named in robots.txt, and the day on which the list was true."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ImproperlyConfigured

# A product token as robots.txt spells it. Nothing that could begin a line or a rule of its own.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,60}")


@dataclass(frozen=True, slots=True)
class AgentList:
    """Names by which agents look for themselves in robots.txt."""

    as_of: date
    names: tuple[str, ...]


def agents_in(text: str) -> AgentList:
    """A list as it is written down: a day such as ``2026-08-22``, then a name on each line.

    Raises `ImproperlyConfigured` for anything else: a list that is half read would keep quiet
    about whoever stands in the other half.
    """
    first, *names = [line.strip() for line in text.splitlines() if line.strip()] or [""]
    try:
        as_of = date.fromisoformat(first)
    except ValueError as error:
        raise ImproperlyConfigured(f"AI_AGENTS begins with {first!r}, not with a day.") from error
    if not names:
        raise ImproperlyConfigured("AI_AGENTS names nobody.")
    for name in names:
        if not _NAME.fullmatch(name):
            raise ImproperlyConfigured(f"AI_AGENTS: {name!r} is not the name of an agent.")
    return AgentList(as_of, tuple(names))
