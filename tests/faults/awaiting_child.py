"""Works on the job it is told, which never ends, with leases short enough for a test."""

from __future__ import annotations

import sys
import time
from datetime import timedelta

import django

django.setup()

from pocketvault.kernel import leases, work  # noqa: E402 - set up first
from pocketvault.kernel.purposes import RUN_SERVICE  # noqa: E402

leases.SHORT, leases.EVERY_SECONDS = timedelta(seconds=float(sys.argv[2])), float(sys.argv[3])
work.task("kernel.be_awaited", purpose=RUN_SERVICE, lane=work.Lane.AWAITED)(
    lambda: time.sleep(600)
)
work.run_job(int(sys.argv[1]))
