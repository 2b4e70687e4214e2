"""Why this route: the rides of a journey in words, for staff, readers and the API alike."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext

from fumikura.circulation.rules.travelling import Leg
from fumikura.organisation.queries import places_by_code
from fumikura.web.design.days import day, in_japanese


def way_in_words(legs: Sequence[Leg], names: Mapping[str, str] | None = None) -> str:
    """中央 14:00 → 北 14:30（図書館便 第2便）、着くのは 5月20日（水）14:30. Without a van's way: by appointment."""
    if not legs:
        return gettext("便の時刻はありません（連絡して運びます）")
    known = names or names_of_places()
    rides = ("、" if in_japanese() else ", ").join(_ride(leg, known) for leg in legs)
    last = legs[-1].arrives
    return gettext("{rides}。着くのは{day} {time}ごろ").format(rides=rides, day=day(last.date()), time=f"{last:%-H:%M}")


def _ride(leg: Leg, names: Mapping[str, str]) -> str:
    return gettext("{origin} {leaves} → {destination} {arrives}（{day}の第{run}便）").format(
        origin=names.get(leg.origin, leg.origin),
        leaves=f"{leg.leaves:%-H:%M}",
        destination=names.get(leg.destination, leg.destination),
        arrives=f"{leg.arrives:%-H:%M}",
        day=f"{leg.leaves:%-m/%-d}",
        run=leg.run,
    )


def names_of_places() -> dict[str, str]:
    """Short names by code, in the language of the page."""
    return {
        code: (place.short_name or place.name) if in_japanese() else place.name_en or place.name
        for code, place in places_by_code().items()
    }
