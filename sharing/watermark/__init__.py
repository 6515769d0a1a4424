"""An invisible mark in public photos, and what leads a copy back to its publication.

`docs/watermark.md` explains the scheme, its constants and what it cannot do.
"""
