"""Metadata out of photos that become public. The door is `door.strip`; the rest is behind it.

Nothing is imported here: `findings` and `refusals` are spoken by processes that strip nothing,
and what searches the scans needs NumPy, which those must not load.
"""
