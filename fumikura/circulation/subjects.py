"""Readers and copies in the published dimensions of the rules: whatever a rule is asked about them, it is asked in these words."""

from typing import Any

from fumikura.circulation.queries import place_path
from fumikura.holdings.models import Item
from fumikura.patrons.rules import Standing


def reader_in_dimensions(standing: Standing) -> dict[str, Any]:
    return {
        "category": standing.categories,
        "residency": standing.residency,
        "service": standing.services,
        "age": standing.age,
    }


def copy_in_dimensions(item: Item) -> dict[str, Any]:
    return {
        "origin": item.origin,
        "collection": item.collection or None,
        "material": item.material,
        "owner": place_path(item.home),
    }
