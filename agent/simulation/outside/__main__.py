"""Run as a script, by the path of this folder: ``python …/outside MANIFEST REPORT``."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

if __name__ == "__main__":
    # The package is found under its own name, so that nothing above it is imported.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    sys.exit(importlib.import_module("outside.command").main(sys.argv[1:]))
