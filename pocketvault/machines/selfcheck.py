"""Every signal against training, read back from this service as a stranger would get it.

What is asked for goes through the whole of the application, middleware included. What a proxy
in front of it takes away cannot be seen from here; ``curl -I`` from outside shows that.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext_noop

from pocketvault.kernel.bundle import manifest
from pocketvault.kernel.reservation import (
    CONTENT_USAGE,
    NO_TRAINING,
    PAGE_PATH,
    POLICY_PATH,
    RULES_PATH,
    policy_url,
)
from pocketvault.machines import published
from pocketvault.machines.fetching import Answer, fetch

OLDEST_LIST = timedelta(days=30)
PICTURE = "app/touch-180.png"


@dataclass(frozen=True, slots=True)
class Finding:
    """A signal, and whether it was there. ``name`` is a sentence for people, yet to translate."""

    name: str
    is_there: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """All that the checks look at, fetched once."""

    robots: Answer
    rules: Answer
    policy: Answer
    page: Answer
    picture: Answer


def findings() -> list[Finding]:
    """Each signal, as it stands this moment."""
    # A thread of its own: a request within a request would end this one's connection and language.
    with ThreadPoolExecutor(1) as own:
        seen, shown = own.submit(_look).result()
    found = [Finding(name, check(seen)) for name, check in CHECKS.items()]
    if shown is not None:
        found += [Finding(name, check(shown)) for name, check in published.CHECKS.items()]
    return found


def is_list_fresh(as_of: date, today: date) -> bool:
    """Whether the list of agents is young enough to be called a list of today's."""
    return today - as_of <= OLDEST_LIST


def _look() -> tuple[Seen, published.Shown | None]:
    picture = f"{settings.STATIC_URL}{manifest()['files'][PICTURE]['path']}"
    try:
        return _own(picture), published.look()
    finally:
        connection.close()  # this thread's own


def _own(picture: str) -> Seen:
    return Seen(*map(fetch, ("/robots.txt", RULES_PATH, POLICY_PATH, "/", picture)))


def _names_every_agent(seen: Seen) -> bool:
    lines = seen.robots.text.splitlines()
    agents = [f"User-agent: {name}" for name in settings.AI_AGENTS.names]
    begin = lines.index(agents[0]) if agents[0] in lines else len(lines)
    return lines[begin : begin + len(agents) + 1] == [*agents, "Disallow: /"]


def _asks_everybody(seen: Seen) -> bool:
    _, _, rest = seen.robots.text.partition("User-agent: *\n")
    return f"Content-Usage: {CONTENT_USAGE}" in rest.splitlines()


def _list_is_fresh(seen: Seen) -> bool:
    del seen
    return is_list_fresh(settings.AI_AGENTS.as_of, timezone.now().date())


def _rules_reserve_all(seen: Seen) -> bool:
    try:
        rules = json.loads(seen.rules.body)
    except ValueError:
        return False
    return {"location": "/", "tdm-reservation": 1, "tdm-policy": policy_url()} in rules


def _policy_wants_consent(seen: Seen) -> bool:
    try:
        [permission] = json.loads(seen.policy.body)["permission"]
    except (ValueError, KeyError, TypeError):
        return False
    asked = [{"action": "obtainConsent"}]
    return bool(permission["action"] == "tdm:mine" and permission["duty"] == asked)


def _says(part: str, header: str, value: str) -> Callable[[Seen], bool]:
    def check(seen: Seen) -> bool:
        answer: Answer = getattr(seen, part)
        said = [each.strip() for each in answer.headers.get(header, "").split(",")]
        return answer.status == 200 and set(value.split(", ")) <= set(said)

    return check


def _holds(text: Callable[[], str]) -> Callable[[Seen], bool]:
    return lambda seen: seen.page.status == 200 and text() in seen.page.text


CHECKS: dict[str, Callable[[Seen], bool]] = {
    gettext_noop("robots.txt asks every AI agent on our list to read nothing"): _names_every_agent,
    gettext_noop("robots.txt tells everybody that nothing is for training"): _asks_everybody,
    gettext_noop("The list of AI agents is at most 30 days old"): _list_is_fresh,
    gettext_noop("Pages say “no training” as AI Preferences spell it"): _says(
        "page", "content-usage", CONTENT_USAGE
    ),
    gettext_noop("Pictures and files say so too"): _says("picture", "content-usage", CONTENT_USAGE),
    gettext_noop("Pages carry the words for crawlers of training sets"): _says(
        "page", "x-robots-tag", NO_TRAINING
    ),
    gettext_noop("Pictures and files carry them too"): _says(
        "picture", "x-robots-tag", NO_TRAINING
    ),
    gettext_noop("Pages reserve text and data mining"): _says("page", "tdm-reservation", "1"),
    gettext_noop("Pictures and files reserve it too"): _says("picture", "tdm-reservation", "1"),
    gettext_noop("The well-known rules reserve everything at this address"): _rules_reserve_all,
    gettext_noop(
        "The policy they name asks for the consent of whoever made the photo"
    ): _policy_wants_consent,
    gettext_noop("The words stand in the pages themselves"): _holds(
        lambda: f'<meta name="robots" content="{NO_TRAINING}">'
    ),
    gettext_noop("So does the reservation, with its policy"): _holds(
        lambda: f'<meta name="tdm-policy" content="{escape(policy_url())}">'
    ),
    gettext_noop("People can read it at the foot of a page"): _holds(
        lambda: f'href="{PAGE_PATH}"'
    ),
}
