"""What layers above may react to."""

from __future__ import annotations

from django.dispatch import Signal

# Sent inside the transaction, once they are written. Arguments: preferences (the row as it is
# now), changes (what was given, by the names of its columns).
preferences_changed = Signal()
# Sent after somebody at the desk opened the page of an account. Arguments: account_id, actor.
account_viewed = Signal()

# Sent inside the transaction when somebody turned off a purpose that was on, by hand or by a
# browser's signal. Arguments: account, purpose_name.
purpose_turned_off = Signal()
