"""From a copy that somebody uploads for everyone to the pictures that are shown.

Pure: no model is known here, nothing is stored. `docs/publishing.md` says what happens to a copy.
"""
