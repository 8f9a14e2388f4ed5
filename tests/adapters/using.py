"""A process that uses the embedded server: prints its URL, then leaves when its input ends."""

from __future__ import annotations

import sys
from pathlib import Path

from provincial.adapters.postgres import ensure_server

if __name__ == "__main__":
    print(ensure_server(Path(sys.argv[1])), flush=True)
    sys.stdin.read()
