"""代理人: a patron names who may see, renew and collect for them; either of the two may end it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.events import ProxyEnded, ProxyNamed
from fumikura.patrons.models import Patron, Proxy
from fumikura.patrons.queries import find_card, reader_of

MOST = 5


@transaction.atomic
def name_proxy(*, patron: Patron, card: str, by: Actor, at: datetime) -> Proxy:
    """Let the patron with this card help. Refused("card-unknown"), ("proxy-is-yourself"), ("too-many-proxies")."""
    by.require("patrons.change-own")
    found = find_card(card)
    helper = reader_of(found) if found else None
    if found is None or helper is None or found.stopped_at is not None:
        raise Refused(Reason("card-unknown"))
    if helper.pk == patron.pk:
        raise Refused(Reason("proxy-is-yourself"))
    Patron.objects.select_for_update().get(pk=patron.pk)
    mine = Proxy.objects.filter(patron=patron, ended_at=None)
    if proxy := mine.filter(helper=helper).first():
        return proxy
    if mine.count() >= MOST:
        raise Refused(Reason.of("too-many-proxies", most=MOST))
    proxy = Proxy.objects.create(patron=patron, helper=helper, since=at)
    record(ProxyNamed(), by=by, at=at, subject=f"patrons.proxy:{proxy.pk}", patron_key=patron.key)
    return proxy


@transaction.atomic
def end_proxy(*, patron: Patron, number: int, by: Actor, at: datetime) -> None:
    """End it, from either side; one that is nobody's business of this patron stays."""
    by.require("patrons.change-own")
    rows = Proxy.objects.filter(Q(patron=patron) | Q(helper=patron), pk=number, ended_at=None)
    if rows.update(ended_at=at):
        record(ProxyEnded(), by=by, at=at, subject=f"patrons.proxy:{number}", patron_key=patron.key)


def proxies_of(patron: Patron) -> list[Proxy]:
    return list(Proxy.objects.filter(patron=patron, ended_at=None).select_related("helper").order_by("since"))


def helped_by(patron: Patron) -> list[Patron]:
    """Whom this patron helps."""
    rows = Patron.objects.filter(proxies__helper=patron, proxies__ended_at=None, closed_at=None)
    return list(rows.select_related("category", "home").order_by("pk"))
