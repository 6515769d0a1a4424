"""Lighthouse over the pages of a running service, as a slow phone and as a desktop see them.

``make lighthouse`` installs Lighthouse into this folder (pinned, with the lock file's hashes),
starts a service of its own on the embedded defaults, fills it as ``make demo`` does, and keeps
what was found in ``docs/evidence/lighthouse.json``.
"""
