"""Starts the stand-in site as ``./run`` starts the real one."""

from __future__ import annotations

import sys
from pathlib import Path

from provincial.launch import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], folder=Path(__file__).resolve().parent / "standin"))
