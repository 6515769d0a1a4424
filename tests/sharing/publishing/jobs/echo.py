"""Gives back what it was given."""

from sharing.publishing.framing import Message


def run(request: Message) -> Message:
    return request
