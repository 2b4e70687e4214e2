"""貸出票: the date to bring things back in large letters, never a name; titles only when the patron wishes."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils import timezone, translation

from fumikura.kernel.refusals import Reason
from fumikura.notices.composing import Slip, slip
from fumikura.notices.words import LANGUAGES, language_of
from fumikura.web.design.days import day
from fumikura.web.desk.place import Place
from fumikura.web.desk.rows import loans_by_id
from fumikura.web.desk.words import name_of, title_of
from fumikura.web.whys import why_sentence


@dataclass(frozen=True)
class LoanSlip:
    """A slip in the language of the reader, as the library words it (notices.wording)."""

    slip: Slip
    language: str
    titles: bool


def slip_of(loans: Collection[int], *, titles: bool, place: Place, languages: Collection[str] = LANGUAGES) -> LoanSlip:
    """The slip of these loans, the earliest day first. `languages`: those whose letters the printer has; for others English."""
    due: dict[date, list[str]] = defaultdict(list)
    why: dict[date, set[str]] = defaultdict(set)
    language = ""
    for loan in loans_by_id(loans).values():
        due[loan.due_on].append(title_of(loan.item))
        why[loan.due_on].update(loan.snapshot.get("why", ()))
        language = language or (loan.patron.language if loan.patron else "")
    language = language_of(language, languages)
    now = timezone.localtime(place.at)
    with translation.override(language):
        days = [
            {
                "day": day(on, now.date()),
                "why": "\n".join(why_sentence(Reason(f"due-{code}")) for code in sorted(why[on])),
                "titles": "\n".join(f"・{title}" for title in due[on]) if titles else "",
                "count": "" if titles else str(len(due[on])),
            }
            for on in sorted(due)
        ]
        values = {
            "place": name_of(place.facility),
            "phone": place.facility.phone,
            "printed": f"{day(now.date(), now.date())} {now:%H:%M}",
        }
        return LoanSlip(slip("loan-slip", language, values, days), language, titles)
