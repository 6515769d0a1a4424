"""What a release after this one might bring: migrations of every kind that is allowed.

The code of this checkout is the release before it. Run with
``DJANGO_SETTINGS_MODULE=tests.next_release.settings``.
"""
