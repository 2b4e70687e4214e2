"""The real records and cases that lie beside a developer's checkout and on no user's machine."""

from pathlib import Path

import pytest

SHARED = Path("/work/shared")


def shared(path: str) -> Path:
    """The file or folder of that name, or a skip that says what is absent."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"{path} is not on this machine", allow_module_level=True)
    return found
