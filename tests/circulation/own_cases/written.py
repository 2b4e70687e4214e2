"""Our own cases and what they come to, as they are written down."""

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
OUTCOMES = FOLDER / "outcomes.yaml"


def read(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text())


def cases() -> list[dict[str, Any]]:
    return list(read("cases.yaml"))


def outcomes() -> dict[str, Any]:
    """Case → everything that came of it. `pytest tests/circulation/own_cases --write-outcomes` writes it anew; read every
    changed line before it is kept, because from then on the tests hold it for right."""
    return dict(read("outcomes.yaml")) if OUTCOMES.exists() else {}
