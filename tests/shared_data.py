"""The real records beside the checkout (or above it, or at FUMIKURA_SHARED). Not part of the project; absent elsewhere."""

import os
from pathlib import Path

import pytest


def found(path: str) -> Path | None:
    """The file or folder at `path`, where there is one."""
    given = os.environ.get("FUMIKURA_SHARED")
    roots = [Path(given)] if given else [folder / "shared" for folder in Path(__file__).resolve().parents[2:]]
    return next((root / path for root in roots if (root / path).exists()), None)


def shared(path: str) -> Path:
    """The same, or a skipped test that says what was missing."""
    if there := found(path):
        return there
    pytest.skip(f"the real records are not here: {path} (set FUMIKURA_SHARED to the folder that holds them)")
