"""The real records beside the checkout (or above it, or at FUMIKURA_SHARED). Not part of the project; absent elsewhere."""

import os
from pathlib import Path

import pytest


def shared(path: str) -> Path:
    """The file or folder at `path`, or a skipped test that says what was missing."""
    given = os.environ.get("FUMIKURA_SHARED")
    roots = [Path(given)] if given else [folder / "shared" for folder in Path(__file__).resolve().parents[2:]]
    for root in roots:
        if (root / path).exists():
            return root / path
    pytest.skip(f"the real records are not here: {path} (set FUMIKURA_SHARED to the folder that holds them)")
