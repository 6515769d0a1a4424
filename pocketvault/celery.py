"""The Celery application. Run with ``celery -A pocketvault worker``."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pocketvault.settings.base")

app = Celery("pocketvault")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
