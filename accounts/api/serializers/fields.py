"""Parts that several bodies share."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from accounts.actions.sessions import Device
from accounts.kdf import SALT_BYTES, Kdf
from accounts.models import SessionKind, UnusableAddressError, normalise_email
from pocketvault.kernel.fields import BytesField

KEY_BYTES = 32
# Version, nonce, 32 bytes and tag: static/src/crypto/wrap.ts.
WRAPPED_KEY_BYTES = 61
EXCHANGE_PUBLIC_KEY_BYTES = 1216
# Django's column holds no more; the longest address in use (RFC 5321) has the same length.
LONGEST_EMAIL = 254
LARGEST_COST = 2**31 - 1

# What DRF's serializers validate to; each is turned into a typed value at once.
Body = dict[str, Any]
S = TypeVar("S", bound="serializers.Serializer[Any]")


def read(serializer: type[serializers.Serializer[Any]], request: Request) -> Body:
    """The request's body, checked. Raises DRF's ``ValidationError``."""
    bound = serializer(data=request.data)
    bound.is_valid(raise_exception=True)
    body: Body = bound.validated_data
    return body


class AddressField(serializers.EmailField):
    """An e-mail address in its one spelling."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_EMAIL, **kwargs)

    def to_internal_value(self, data: str) -> str:
        try:
            return normalise_email(super().to_internal_value(data))
        except UnusableAddressError:
            self.fail("invalid")


class ClientIdField(serializers.UUIDField):
    """An id made by the client: version 7, so that it sorts by time."""

    default_error_messages = {"version": "Use a version 7 UUID."}

    def to_internal_value(self, data: UUID | str | int) -> UUID:
        value: UUID = super().to_internal_value(data)
        if value.version != 7:
            self.fail("version")
        return value


class KeyField(BytesField):
    """32 bytes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(exactly=KEY_BYTES, **kwargs)


class WrappedKeyField(BytesField):
    """A wrapped key of 61 bytes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(exactly=WRAPPED_KEY_BYTES, **kwargs)


class KdfSerializer(serializers.Serializer[Kdf]):
    """Argon2id's parameters; memory in KiB."""

    scheme = serializers.IntegerField(min_value=0, max_value=LARGEST_COST)
    salt = BytesField(exactly=SALT_BYTES)
    memory_kib = serializers.IntegerField(min_value=0, max_value=LARGEST_COST)
    iterations = serializers.IntegerField(min_value=0, max_value=LARGEST_COST)
    parallelism = serializers.IntegerField(min_value=0, max_value=LARGEST_COST)


class DeviceSerializer(serializers.Serializer[Any]):
    """What is to be signed in."""

    device_name = serializers.CharField(max_length=80)
    session = serializers.ChoiceField(choices=SessionKind.choices)


def kdf_in(body: Body) -> Kdf:
    """The ``kdf`` of a body."""
    return Kdf(**body["kdf"])


def device_in(body: Body) -> Device:
    """The device that a body names."""
    return Device(name=body["device_name"], kind=SessionKind(body["session"]))
