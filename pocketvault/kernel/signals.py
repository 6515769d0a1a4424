"""What happens to the kernel's own rows, for those above who must say so."""

from __future__ import annotations

from django.dispatch import Signal

# Sent inside the transaction in which the row of an epoch key was made.
# Argument: epoch (an `EpochKey`).
epoch_made = Signal()

# Sent inside the transaction in which a destroyed key was put down as destroyed; its files are
# gone by then. Argument: epoch.
epoch_destroyed = Signal()

# Sent by ``manage.py prepare`` when the tables and the epochs are in order and no port is open yet.
prepared = Signal()
