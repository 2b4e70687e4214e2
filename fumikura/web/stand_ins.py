"""Said after an act on a hold: the site that was asked for is closed, and another stands in for it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

from fumikura.circulation.models import Hold
from fumikura.kernel.reasons import patron_words
from fumikura.organisation.models import Facility
from fumikura.organisation.queries import find_facility
from fumikura.web.design.names import name_of


def moved_on(hold: Hold, asked: Facility) -> dict[str, str]:
    """What an act remembers of it; nothing when the hold is collected where it was asked for."""
    return {} if hold.pickup_id == asked.pk else {"collects_at": hold.pickup.code}


def moved_on_words(done: Mapping[str, Any]) -> str:
    """That the reader collects elsewhere because of a closure; empty when it is where it was asked for."""
    if "collects_at" not in done:
        return ""
    return patron_words("pickup-moved", get_language() or "ja", place=name_of(find_facility(done["collects_at"])))[0]
