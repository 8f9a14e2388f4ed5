"""Where tests put their databases: in memory when there is room, for a server syncs every file."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ENOUGH = 2_000_000_000


def scratch_folder(prefix: str) -> Path:
    """A new folder that every user of the machine may pass through; the caller removes it."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=MEMORY if roomy else None))
    folder.chmod(0o755)
    return folder
