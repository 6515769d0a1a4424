"""What layers above may react to."""

from __future__ import annotations

from django.dispatch import Signal

# Sent inside the transaction in which somebody's report of something public was kept.
# Argument: report (a `PublicReport`).
report_filed = Signal()

# Sent inside the transaction in which somebody made a profile, also one after another was removed.
# Argument: profile (a `Profile`).
profile_made = Signal()
