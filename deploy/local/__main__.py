"""``python3 deploy/local COMMAND``. See ``commands``."""

import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036  (whoever starts this may have an older one)
    sys.exit("PocketVault needs Python 3.11 or newer. Try: make run PYTHON=python3.11")

# Started by its folder, Python would look for modules in that folder and not in the project.
sys.path[0] = str(Path(__file__).resolve().parents[2])

from deploy.local.commands import main  # noqa: E402  (needs both lines above)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
