"""あと何点: how far the limits of loans are filled, and those of holds with the requests that count against them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from fumikura.acquisitions.queries import things_asked_for
from fumikura.circulation.models import Loan
from fumikura.circulation.queries import rules_in_force
from fumikura.circulation.quotas import Awaited, quotas_of
from fumikura.circulation.services.placing import hold_quotas
from fumikura.kernel.refusals import Refused
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import standing_of
from fumikura.web.design.days import in_japanese


@dataclass(frozen=True)
class Meter:
    label: str
    have: int
    limit: int
    asked: int = 0
    note: str = ""


def meters_of(patron: Patron, loans: Sequence[Loan], awaited: Sequence[Awaited], *, at: datetime) -> list[Meter]:
    """Loans, then holds; without limits, or without rules, nothing."""
    today, language = timezone.localdate(at), "ja" if in_japanese() else "en"
    try:
        facts, home = standing_of(patron, today), patron.home
        rules = rules_in_force(today)
        asked = things_asked_for(patron)
        lent = quotas_of(facts, loans, rules=rules, at=home, on=today, via="opac")
        holds = hold_quotas(facts, awaited, requested=asked, rules=rules, at=home, on=today, via="opac")
    except Refused:
        return []
    found = []
    for one in lent:
        name = dict(one.names).get(language, one.counter)
        found.append(Meter(_("貸出：{what}").format(what=name), one.have, one.limit))
    for quota, requests in holds:
        name = dict(quota.names).get(language, quota.counter)
        note = _("しま模様は、返事を待っているリクエストです。") if requests else ""
        found.append(Meter(_("予約：{what}").format(what=name), quota.have, quota.limit, requests, note))
    return found
