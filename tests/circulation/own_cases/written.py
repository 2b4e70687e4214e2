"""Our own cases and what they come to, as they are written down.

In cases.yaml the outcomes stand apart (outcomes.yaml, first written by the house itself and then read by people); in the
numbered files each case has its sentence and its `then`, written before it was played.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.specs.cases import AsWritten

FOLDER = Path(__file__).parent
OUTCOMES = FOLDER / "outcomes.yaml"


@cache
def read(name: str) -> Any:
    """A file of the cases. It is read once and kept: nobody may change what comes out."""
    return yaml.load((FOLDER / name).read_text(), Loader=AsWritten)


def cases() -> list[dict[str, Any]]:
    return [*read("cases.yaml"), *told_cases()]


def told_cases() -> list[dict[str, Any]]:
    return [case for path in sorted(FOLDER.glob("[1-9]*-*.yaml")) for case in read(path.name)]


def outcomes() -> dict[str, Any]:
    """Case → everything that came of it. `pytest tests/circulation/own_cases --write-outcomes` writes those of cases.yaml
    anew; read every changed line before it is kept, because from then on the tests hold it for right."""
    kept = dict(read("outcomes.yaml")) if OUTCOMES.exists() else {}
    return kept | {case["id"]: case["then"] for case in told_cases()}
