"""Reading the published circulation cases."""

from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from tests.shared_data import found

FOLDER = found("domain/cases")
TOKYO = ZoneInfo("Asia/Tokyo")


AsWritten = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Days become dates; a moment such as 2026-05-20T10:00 stays text and is read as local time."""


@cache
def read(name: str) -> Any:
    """A file of the cases. It is read once and kept: nobody may change what comes out."""
    assert FOLDER is not None, "domain/cases is not here (see tests.shared_data)"
    return yaml.load((FOLDER / name).read_text(), Loader=AsWritten)


def all_cases() -> list[dict[str, Any]]:
    if FOLDER is None:
        return []
    return [case for path in sorted(FOLDER.glob("[1-9]-*.yaml")) for case in read(path.name)]


def steps(case: dict[str, Any]) -> list[dict[str, Any]]:
    when = case["when"]
    return when if isinstance(when, list) else [when]


def moment(text: str | date) -> datetime:
    """Local time, as written; a plain day is its first minute."""
    if isinstance(text, datetime):
        return text.astimezone(TOKYO) if text.tzinfo else text.replace(tzinfo=TOKYO)
    if isinstance(text, date):
        return datetime(text.year, text.month, text.day, tzinfo=TOKYO)
    read = datetime.fromisoformat(text)
    return read.astimezone(TOKYO) if read.tzinfo else read.replace(tzinfo=TOKYO)
