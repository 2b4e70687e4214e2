"""The words of the published cases: what a case may give, what its rows and states are called, and its days."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from tests.specs.cases import TOKYO, steps

ORDINARY_DAY = date(2026, 5, 20)
FILLER = "FILLER"

OUR_WORDS = {"patron-blocked": "block-set", "records-merged": "record-merged"}
"""Events whose name in this house differs from the published one."""
OUR_OWN = {"card-issued", "no-copy-left"}
"""Events that this house records beside the published ones: handing out a card is a matter of its own, and that nobody
can be served any more is one besides the withdrawal."""


def _output(group: str, name: str) -> str:
    if group == "limits":
        return f"loan.limit.{name}"
    return f"{group}.{name}"


def outputs_of(group: str, values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if (group, name) == ("hold", "limits"):
            yield from ((f"hold.limit.{counter}", limit) for counter, limit in value.items())
        else:
            yield _output(group, name), value


def records_to_merge(case: dict[str, Any]) -> list[str]:
    """A second record of a reader that a case names without giving facts of it."""
    return [step["from"] for step in steps(case) if step["verb"] == "merge_patron"]


def listed(value: Any) -> list[Any]:
    """What a case may write as one thing, as a list of things, or leave out."""
    if value is None or value == "none":
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def item_state(row: dict[str, Any]) -> str:
    """The one open row that says where an item is, in the words of rules.states."""
    words = {"loan": "on-loan", "transit": "in-transit", "set_aside": "set-aside", "missing": "missing"}
    if "hold_shelf" in row:
        if row["hold"] == "none" or "leaving_for" in row:
            return "to-be-fetched"
        return "collecting" if row.get("collecting") else "on-hold-shelf"
    if "shelf" in row:
        return "on-pick-list" if "allotted" in row else "on-shelf"
    return next((word for key, word in words.items() if key in row), "withdrawn")


def loan_state(row: dict[str, Any]) -> str:
    marks = ("lost", "claimed", "received")
    return next((mark for mark in marks if mark in row), "open")


def transit_state(row: dict[str, Any]) -> str:
    return "for-a-hold" if "hold" in row else "to-its-place"


def morning_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, 0, tzinfo=TOKYO)


def day_of(at: datetime) -> date:
    return at.astimezone(TOKYO).date()


def dates_as_text(value: Any) -> Any:
    """Dates as text, all the way down."""
    if isinstance(value, dict):
        return {key: dates_as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [dates_as_text(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
