"""What a trace can come to. Apart from what finds it out, which loads NumPy and OpenCV."""

from __future__ import annotations

from enum import StrEnum


class Result(StrEnum):
    """What a trace came to. The value is part of the protocol.

    ``CONFIRMED`` the number and the pixels lead to one publication. ``FEATURES_ONLY`` the pixels
    alone do: the mark was removed, or was never there, or another's was put in. ``NUMBER_ONLY``
    the copy carries a number of ours and does not show its publication: that proves nothing,
    because numbers can be copied onto any picture. ``NOTHING`` no trace.
    """

    CONFIRMED = "confirmed"
    FEATURES_ONLY = "features-only"
    NUMBER_ONLY = "number-only"
    NOTHING = "nothing"
