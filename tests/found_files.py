"""Middleware: the built files looked for once per process, not once for each client of a test."""

from __future__ import annotations

from typing import ClassVar

from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile


class RememberingWhiteNoiseMiddleware(WhiteNoiseMiddleware):
    """The production middleware; what it found is kept, because no test builds anew.

    Each client of a test makes the whole chain for itself, and this search was half of that.
    """

    found: ClassVar[dict[str, StaticFile]] = {}

    def add_files_from_finders(self) -> None:
        if not self.found:
            super().add_files_from_finders()
            self.found.update(self.files)
        self.files.update(self.found)
