"""A job of `limited`: which parts of a found copy are not what was published."""

from __future__ import annotations

from dataclasses import asdict

import cv2
import numpy as np

from sharing.publishing.framing import Message
from sharing.tracing.altered import annotated, find_alterations
from sharing.tracing.confirming import corners_of, moved
from sharing.tracing.decoding import to_pixels

cv2.setNumThreads(1)


def run(request: Message) -> Message:
    """The altered regions, and the copy with them framed as PNG.

    Parts are the publication's picture and the copy. ``homography`` has nine numbers, and leads
    from a picture of ``size`` (width, height) to the copy.
    """
    picture, copy = (to_pixels(part) for part in request.parts)
    movement = np.array(request.fields["homography"], np.float64).reshape(3, 3)
    width, height = np.array(request.fields["size"], np.float64)
    # The picture at hand may be another rendition than the one that was remembered.
    own = movement @ np.diag([width / picture.shape[1], height / picture.shape[0], 1])
    found = find_alterations(picture, copy, own)
    drawn = annotated(copy, moved(corners_of(width, height), movement), found.regions)
    fields = {"regions": [asdict(each) for each in found.regions], "share": found.share}
    return Message(fields, (drawn,))
