"""This checkout's settings, with the next release's migrations of ``images``."""

from pocketvault.settings.base import *  # noqa: F403 - it is the same but for one line

MIGRATION_MODULES = {"images": "tests.next_release.migrations"}
