"""The Celery application. Run with ``celery -A pocketvault worker``."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pocketvault.settings.base")

app = Celery("pocketvault", task_cls="pocketvault.kernel.patient_tasks:PatientTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
