"""A job that does nothing, to see what starting its process costs."""

from __future__ import annotations

from sharing.publishing.framing import Message


def run(request: Message) -> Message:
    """The request itself."""
    return request
