"""Starts the stand-in site as ``./run`` starts the real one."""

from __future__ import annotations

import sys
from pathlib import Path

from provincial import walkthrough
from provincial.launch import main

#: What the stand-in can be asked: health, front page, signing in.
FIRST_STEPS = walkthrough.STEPS[:3]

if __name__ == "__main__":
    walkthrough.STEPS = FIRST_STEPS
    sys.exit(main(sys.argv[1:], folder=Path(__file__).resolve().parent / "standin"))
