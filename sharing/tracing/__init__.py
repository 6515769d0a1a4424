"""From a found copy back to its publication, and what makes sure of it.

`docs/watermark.md`, "Tracing", explains the steps, their constants and what they cannot do.
Pure: no model is known here, nothing is stored. `sharing.actions.tracing` connects it.
"""
