"""Works on the job it is told, which takes an hour, with leases short enough for a test."""

from __future__ import annotations

import sys
import time
from datetime import timedelta

import django

django.setup()

from pocketvault.kernel import leases, work  # noqa: E402 - set up first
from pocketvault.kernel.purposes import RUN_SERVICE  # noqa: E402

leases.SHORT = work.LEASE = timedelta(seconds=float(sys.argv[2]))
leases.EVERY_SECONDS = float(sys.argv[3])
for lane in (work.Lane.AWAITED, work.Lane.SLOW):
    work.task(
        f"kernel.be_{lane}", purpose=RUN_SERVICE, lane=lane, at_most=timedelta(hours=1)
    )(lambda: time.sleep(3600))
work.run_job(int(sys.argv[1]))
