"""Finds the shipped data, installed or in a checkout."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def data_dir(name: str) -> Path:
    """Folder of shipped data, ``templates`` or ``config``: a checkout's own, else the wheel's copy of it."""
    package = Path(str(files("agent")))
    checkout = package.parent / name
    if (package.parent / "pyproject.toml").is_file() and checkout.is_dir():
        return checkout
    installed = package / "_data" / name
    if installed.is_dir():
        return installed
    raise FileNotFoundError(f"data folder {name!r} is neither at {checkout} nor at {installed}: reinstall attune-agent")
