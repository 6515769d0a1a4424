"""The transport to Redis, for a worker that goes on after Redis hung or died.

A nudge is only a hint: the row it is about says what is owed (``kernel.work``), so none is worth
stopping for. Kombu stops a worker for good in two cases, which are mended here.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis
from kombu.transport.virtual import base


class QoS(redis.QoS):
    """The nudges a worker has taken and not yet acknowledged.

    It takes so many at a time. One whose acknowledgement Redis did not hear would count as taken
    for ever, so its place is given back in any case. And a channel that was lost with its
    connection can neither acknowledge nor hand back: Redis hands those out again after
    ``visibility_timeout``, to a worker that finds their rows done.
    """

    def ack(self, delivery_tag: str) -> None:
        """Tell Redis, and give the place back whether or not it heard."""
        if self._is_lost():
            base.QoS.ack(self, delivery_tag)
            return
        try:
            super().ack(delivery_tag)
        finally:
            base.QoS.ack(self, delivery_tag)

    def restore_unacked(self, client: Any = None) -> None:
        """Hand back what is not done, unless there is nobody to hand it to."""
        if self._is_lost():
            while self._delivered:
                self._delivered.popitem()
            return
        super().restore_unacked(client)

    def _is_lost(self) -> bool:
        transport = self.channel.connection
        return transport is None or transport.client is None


class Channel(redis.Channel):
    """A channel whose nudges are counted as above."""

    QoS = QoS


class Transport(redis.Transport):
    """What ``redis://`` and ``rediss://`` stand for."""

    Channel = Channel


def register() -> None:
    """Let every Celery connection of this process go by it."""
    name = f"{Transport.__module__}:{Transport.__qualname__}"
    TRANSPORT_ALIASES.update(redis=name, rediss=name)
