"""The Celery application. Run with ``celery -A pocketvault worker``."""

import os

from celery import Celery

from pocketvault.kernel import patient_redis

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pocketvault.settings.base")

patient_redis.register()
app = Celery("pocketvault")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
