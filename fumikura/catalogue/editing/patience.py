"""A pattern that somebody typed is tried on the real texts in a process of its own, which can be stopped."""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from typing import Final

from fumikura.catalogue.editing.operations import Operation, Unfit

SECONDS: Final = 5.0
"""Thousands of records take a fraction of this; what takes longer would hold the catalogue up."""
_TRIAL: Final = (
    "import json,re,sys\npatterns,texts=json.load(sys.stdin)\n"
    "for pattern in patterns:\n for text in texts:\n  for _ in re.finditer(pattern,text): pass\n"
)


def try_patterns(operations: Sequence[Operation], texts: Iterable[str], *, seconds: float = SECONDS) -> None:
    """Raises Unfit("slow-pattern") when the patterns are not through with these texts in time."""
    patterns = [one.find for one in operations if one.pattern and one.find]
    if not patterns:
        return
    asked = json.dumps([patterns, list(texts)])
    try:
        # The program is ours and fixed; what was typed travels as data.
        subprocess.run([sys.executable, "-I", "-c", _TRIAL], input=asked, text=True, timeout=seconds, check=True)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise Unfit("slow-pattern") from None
    except subprocess.CalledProcessError:
        raise Unfit("bad-pattern") from None
