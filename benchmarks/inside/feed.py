"""A library of a given size, and where in its feed to begin."""

from __future__ import annotations

from benchmarks.inside import library
from benchmarks.inside.signed_in import token_of
from images.api.paging import LARGEST_PAGE
from images.feed import Cursor


def run(images: int) -> dict[str, object]:
    """A token, and the cursors of the first page, one in the middle and the last."""
    owner = library.make_owner()
    library.fill(owner, images)
    last = images - LARGEST_PAGE
    cursors = {
        "first": "",
        "middle": Cursor(last // 2, 0).to_text(owner.pk),
        "last": Cursor(last, 0).to_text(owner.pk),
    }
    return {"token": token_of(owner), "cursors": cursors}
