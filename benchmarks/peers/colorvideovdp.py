"""Runs in an environment that is not the project's: see `benchmarks/visibility.py`.

python -I colorvideovdp.py FOLDER SCREEN ...

FOLDER has photo.npy and marked.npy, (H, W, 3) of sRGB bytes. Answers JOD by screen as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pycvvdp

if __name__ == "__main__":
    folder, *screens = sys.argv[1:]
    photo, marked = (np.load(Path(folder) / f"{name}.npy") for name in ("photo", "marked"))
    found = {}
    for screen in screens:
        judge = pycvvdp.cvvdp(display_name=screen, quiet=True)
        jod, _ = judge.predict(marked, photo, dim_order="HWC")
        found[screen] = float(jod)
    sys.stdout.write(json.dumps(found))
