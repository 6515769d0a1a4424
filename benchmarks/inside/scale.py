"""A whole service of some size, and somebody who does with it what they are told, line by line."""

from __future__ import annotations

import json
import sys

from accounts.models import Account
from benchmarks.inside import asking, crowd, working
from benchmarks.inside.costs import cost_of, queries_of
from benchmarks.inside.signed_in import token_of

# Whose phones ask, beside the one with the large library.
PHONES = 40


def run(images: int, accounts: int, requests: int, real: int) -> dict[str, object]:
    """Fill the place, say who can be asked for what, then answer each line on stdin with what it
    cost: ``{"ask": NAME, "times": 3}``, ``{"count": NAME}``, ``{"work": NAME}``.
    """
    scene = crowd.gather(images, accounts, requests, real)
    asks, works = asking.acts_of(scene), working.works_of(scene)
    people = Account.objects.filter(pk__in=scene.people[:PHONES])
    _say({
        "asks": list(asks), "owner": token_of(scene.owner),
        "phones": [token_of(person) for person in people],
        "real": [str(image_id) for image_id in scene.real],
        "cursor": asking.cursor_of(scene),
    })  # fmt: skip
    for line in sys.stdin:
        told = json.loads(line)
        if "ask" in told:
            _say(cost_of(asks[told["ask"]], told["times"]))
        elif "count" in told:
            _say({"queries": queries_of(asks[told["count"]])})
        else:
            _say(dict(works[told["work"]]()))
    return {}


def _say(answer: object) -> None:
    sys.stdout.write(f"{json.dumps(answer)}\n")
    sys.stdout.flush()
