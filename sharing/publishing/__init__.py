"""From a copy that somebody uploads for everyone to the pictures that are shown.

Pure: no model is known here and nothing is stored. Everything that decodes a stranger's bytes
runs in a process that can only compute and answer. `docs/publishing.md` says what happens to a
copy, step by step.
"""

from sharing.publishing.refusals import PictureRefusedError, Refusal
from sharing.publishing.renditions import Checked, Picture, check, mark, render
from sharing.publishing.rights import Rights

__all__ = [
    "Checked",
    "Picture",
    "PictureRefusedError",
    "Refusal",
    "Rights",
    "check",
    "mark",
    "render",
]
