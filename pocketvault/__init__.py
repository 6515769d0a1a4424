"""The composition root: settings, addresses, the Celery application.

Celery's application is imported here so that ``shared_task`` binds to it in every
process, the web process included: actions enqueue by name.
"""

from pocketvault.celery import app as celery_app

__all__ = ["celery_app"]
