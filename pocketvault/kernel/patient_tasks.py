"""Tasks for a worker on Redis that goes on after Redis hung."""

from __future__ import annotations

from celery import Task
from celery.worker.request import Request
from kombu.transport.virtual.base import QoS


class PatientRequest(Request):
    """A nudge in a worker's hands.

    A worker takes so many at a time. One whose acknowledgement Redis did not hear would count as
    taken for ever: a Redis that hangs for a moment would leave a worker that waits for nothing. So
    its place is given back. Redis hands it out again some day, and then its row is gone.
    """

    def acknowledge(self) -> None:
        """Tell Redis, and take the next one whether or not it heard."""
        super().acknowledge()
        message = self.message
        places = getattr(message.channel, "qos", None)
        if not message.acknowledged and isinstance(places, QoS):
            QoS.ack(places, message.delivery_tag)


class PatientTask(Task):  # type: ignore[type-arg]  # only its stubs are generic
    """The kind of every task here."""

    Request = f"{PatientRequest.__module__}:{PatientRequest.__qualname__}"
