"""Answers in place of its parent's protocol, as whoever took over a decoder would."""

import os

from sharing.publishing.framing import Message


def run(request: Message) -> Message:
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, request.parts[0])
        except OSError:
            continue
    os._exit(0)
