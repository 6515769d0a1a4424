"""The web process's entry point: Django in threads, with somebody patient at the door."""

import gc
from importlib import import_module

from django.conf import settings

from pocketvault.kernel.intake import PatientApplication
from pocketvault.wsgi import application as inner

# A page of the feed makes some six thousand objects and lets them all go. Left as it is,
# Python would look through them ten times over for cycles, and now and then through all
# of Django too: longer than everything else takes that the page needs.
YOUNG_OBJECTS = 20_000

application = PatientApplication(
    inner, threads=settings.WEB_THREADS, proxies=settings.TRUSTED_PROXIES
)
import_module(settings.ROOT_URLCONF)  # else the first request loads what it needs
gc.collect()
gc.freeze()
gc.set_threshold(YOUNG_OBJECTS)
