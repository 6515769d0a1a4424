"""The web process's entry point: Django in threads, with somebody patient at the door."""

import gc
from importlib import import_module
from threading import Thread

from django.conf import settings
from django.db import connections

from pocketvault.kernel.intake import PatientApplication
from pocketvault.wsgi import application as inner

# A page of the feed makes some six thousand objects and lets them all go. Left as it is,
# Python would look through them ten times over for cycles, and now and then through all
# of Django too: longer than everything else takes that the page needs.
YOUNG_OBJECTS = 20_000


# Its models can only be imported now that Django is set up.
standstill = import_module("pocketvault.kernel.standstill")


def _say_what_is_in_the_way() -> None:
    """In the log, before anybody asks; a database that does not answer keeps no port shut."""
    standstill.is_clear()
    connections.close_all()


application = PatientApplication(
    inner, threads=settings.WEB_THREADS, proxies=settings.TRUSTED_PROXIES
)
import_module(settings.ROOT_URLCONF)  # else the first request loads what it needs
standstill.tables.of_this_code()  # nor may a thread import what this one imports
Thread(target=_say_what_is_in_the_way, daemon=True).start()
gc.collect()
gc.freeze()
gc.set_threshold(YOUNG_OBJECTS)
