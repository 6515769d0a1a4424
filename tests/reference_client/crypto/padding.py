"""Padmé padding with the true length in front."""

import struct

from tests.reference_client.crypto.errors import cannot_open

LENGTH_BYTES = 8
SMALLEST_DOCUMENT_BYTES = 256


def padme_length(length: int) -> int:
    """Return the Padmé length: the next one whose low bits are zero."""
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    low_bits = max(0, exponent - exponent.bit_length())
    mask = (1 << low_bits) - 1
    return (length + mask) & ~mask


def padded_length(true_length: int, smallest: int = 0) -> int:
    """Return the whole padded length, length prefix included."""
    return padme_length(max(LENGTH_BYTES + true_length, smallest))


def pad(message: bytes, smallest: int = 0) -> bytes:
    """Return `true length (8, big-endian) | message | zeros`."""
    framed = struct.pack(">Q", len(message)) + message
    return framed.ljust(padded_length(len(message), smallest), b"\0")


def unpad(padded: bytes, smallest: int = 0) -> bytes:
    """Return what `pad` padded."""
    true_length = read_true_length(padded, len(padded), smallest)
    return padded[LENGTH_BYTES : LENGTH_BYTES + true_length]


def read_true_length(padded: bytes, whole_length: int, smallest: int = 0) -> int:
    """Return the length at the front, if the whole is padded as that length prescribes."""
    if len(padded) < LENGTH_BYTES:
        raise cannot_open()
    (true_length,) = struct.unpack(">Q", padded[:LENGTH_BYTES])
    if padded_length(true_length, smallest) != whole_length:
        raise cannot_open()
    return int(true_length)
