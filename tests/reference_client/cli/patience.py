"""What to do when the service does not answer, or refuses."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import requests

from tests.reference_client.cli.words import CutShortError
from tests.reference_client.client import ProblemError

Answer = TypeVar("Answer")
# Between one try and the next, in seconds.
WAITS = (0.5, 2.0, 8.0)
COMES_BACK = {429, 502, 503, 504}
# Whatever comes next would be refused as well.
ENDS_ALL = {"quota_reached", "storage_full", "signed_out", "vault_shut"}


def patiently(call: Callable[[], Answer]) -> Answer:
    """Call, and again where that may help: only what is safe to repeat. Raises `CutShortError`
    when it does not, and `ProblemError` for a refusal of this one thing.
    """
    for wait in (*WAITS, None):
        try:
            return call()
        except requests.RequestException as error:
            reason = f"The service does not answer ({type(error).__name__})."
        except ProblemError as problem:
            if problem.code in ENDS_ALL or problem.status == 401:
                raise CutShortError(told_of(problem)) from problem
            if problem.status not in COMES_BACK:
                raise
            reason = told_of(problem)
        if wait is not None:
            time.sleep(wait)
    raise CutShortError(reason)


def told_of(problem: ProblemError) -> str:
    """A refusal as a sentence, with the code that stays the same in every version."""
    return f"{problem.sentence} ({problem.code})"
