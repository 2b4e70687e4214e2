"""リクエスト in words: what a reader asked for and was answered, for the reader and for the counter; and the form that asks."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from fumikura.acquisitions.models import Suggestion
from fumikura.acquisitions.services import Wish
from fumikura.catalogue.numbers import isbns_of
from fumikura.organisation.models import Facility
from fumikura.web.design.days import day, in_japanese
from fumikura.web.visitors import typed

FIELDS = ("title", "creator", "publisher", "published", "isbn", "note")


def wish_of(sent: QueryDict) -> Wish:
    """What was typed into the form. An ISBN that is none is left out."""
    numbers = isbns_of(typed(sent, "isbn", 30))
    return Wish(
        title=typed(sent, "title", 300),
        creator=typed(sent, "creator", 200),
        publisher=typed(sent, "publisher", 200),
        published=typed(sent, "published", 20),
        isbn=numbers[0][:13] if numbers else "",
        note=typed(sent, "note", 500),
    )


@dataclass(frozen=True, kw_only=True)
class Line:
    """One wish and its answer."""

    pk: int
    title: str
    creator: str
    asked: str
    pickup: str
    state: str
    kind: str
    answer: str
    record: int
    may_withdraw: bool


def line_of(one: Suggestion) -> Line:
    states = {
        "": (_("検討しています"), "wait"),
        "buy": (_("買うことにしました"), "ok"),
        "borrow": (_("ほかの図書館から借ります"), "ok"),
        "have": (_("図書館にありました"), "ok"),
        "decline": (_("お応えできませんでした"), "plain"),
    }
    state, kind = states[one.decision]
    answer = one.answer
    if one.hold_id:
        answer = " ".join((_("予約にしました。順番は、お申し込みの日からです。"), answer)).strip()
    return Line(
        pk=one.pk,
        title=one.title,
        creator=one.creator,
        asked=day(timezone.localdate(one.asked_at)),
        pickup=_name_of(one.pickup),
        state=state,
        kind=kind,
        answer=answer,
        record=one.record_id or 0,
        may_withdraw=one.decided_at is None,
    )


def _name_of(facility: Facility) -> str:
    return facility.name if in_japanese() or not facility.name_en else facility.name_en
