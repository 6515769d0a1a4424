"""Reading markup that strangers wrote, as browsers do: whatever is in it, the reading goes on."""

from __future__ import annotations

from html.parser import HTMLParser


class MarkupReader(HTMLParser):
    """The reader of the standard library, but for a section of a kind that it does not know: it
    would give up the whole document there, and browsers pass over it like over a comment.
    """

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # noqa: FBT001, FBT002
        """Where the section at ``i`` ends, or -1 where its end has not come yet."""
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:
            return self.parse_bogus_comment(i)
