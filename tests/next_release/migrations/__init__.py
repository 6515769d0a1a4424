"""Those of ``images``, and what comes after them."""

from images import migrations

__path__ = [*__path__, *migrations.__path__]
