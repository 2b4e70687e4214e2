"""How sure it is that a copy stands on its shelf."""

from dataclasses import dataclass
from datetime import date

FRESH_DAYS = 120
LIKELY_DAYS = 730


@dataclass(frozen=True)
class Presence:
    """`level`: fresh, likely, unknown (nothing was ever noted), or doubtful; with the day it was last seen."""

    level: str
    seen_on: date | None = None


def presence(*, seen_on: date | None, searched_in_vain: int, today: date) -> Presence:
    """What may honestly be said to somebody who sets out for a copy that "should be there".

    A search in vain outweighs everything before it. After two years without a return or a stocktake the copy is doubtful:
    a yearly loss of about 2 % (what open shelves lose, and what bench/city reckons with) and shelves that are counted
    each year make one that was passed over twice more likely gone than there. Seen within four months it is as good as there.
    Without any sighting, as after a take-over from a former system, nothing is claimed either way.
    """
    if searched_in_vain:
        return Presence("doubtful", seen_on)
    if seen_on is None:
        return Presence("unknown")
    days = (today - seen_on).days
    if days > LIKELY_DAYS:
        return Presence("doubtful", seen_on)
    return Presence("fresh" if days <= FRESH_DAYS else "likely", seen_on)
