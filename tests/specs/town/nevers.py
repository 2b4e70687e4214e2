"""What a case says must never be: it repeats the closed world for the reader, and is looked at all the same."""

from typing import Any

from fumikura.circulation.models import Reminder
from fumikura.journal.models import Entry
from tests.specs.town.playing import Town
from tests.specs.town.vocabulary import ON_ROWS, ROWS


def happened(never: str, actual: dict[str, Any], town: Town) -> bool:
    """Whether what must never be has come to be; AssertionError for words nobody knows."""
    match never.split():
        case ["event", event]:
            return event in actual.get("journal", ())
        case ["told", code]:
            return code in actual.get("staff", ())
        case ["notice", patron, code]:
            return code in actual.get("patron", {}).get(patron, ())
        case ["patron-link", *_, item]:
            return town.leads_to_a_reader(item)
        case ["shown", "title-on-postcard"]:
            return any(title in _on_postcards() for title in town.world["titles"].values())
        case ["shown", patron, place] if place.startswith(("at-", "on-", "in-")):
            return _names(patron, actual, town)
        case ["row", *row]:
            return _stands(row, actual)
    raise AssertionError(f"never: {never} is not understood")


def _names(patron: str, actual: dict[str, Any], town: Town) -> bool:
    """Whether what a door is answered leads to this reader by name, number or key."""
    who = town.patrons[patron]
    said = town.said + repr([actual.get(key) for key in ("staff", "next", "pick_list")])
    return any(word in said for word in (who.name, f"CARD-{patron}", who.key))


def _on_postcards() -> str:
    """Everything that is kept of what is sent on paper."""
    reminded = Entry.objects.filter(event="circulation.overdue-reminded").values_list("particulars", flat=True)
    return repr([*Reminder.objects.values(), *reminded])


def _stands(row: list[str], actual: dict[str, Any]) -> bool:
    items, rows = actual.get("items", {}), actual.get("items", {}).values()
    match row:
        case ["block", patron]:
            return patron in actual.get("blocks", {})
        case ["debt", _]:
            return False  # There is no row for money in this house.
        case [word, name] if word in ROWS | ON_ROWS and name in items:
            return word in items[name]
        case [word, value] if word in ROWS | ON_ROWS:
            return any(
                value in found[word] if word == "transit" else found[word] == value for found in rows if word in found
            )
    raise AssertionError(f"never: row {' '.join(row)} is not understood")
