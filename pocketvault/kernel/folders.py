"""Folders that only this service's own account may enter."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

logger = logging.getLogger(__name__)
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def close_to_others(folder: Path) -> None:
    """Take from a folder that exists what its group and everybody else may do in it.

    Whoever made it may have had a generous umask. A folder that belongs to another account
    cannot be closed by us; then the log says so, and the service goes on.
    """
    try:
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not mode & OTHERS:
            return
        folder.chmod(mode & ~OTHERS)
    except FileNotFoundError:
        return
    except PermissionError:
        logger.warning("the data folder is open to other accounts, and not ours to close")
    else:
        logger.warning("the data folder was open to other accounts; it is closed now")


def flush(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
