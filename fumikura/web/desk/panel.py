"""The patron at the counter: what must be said today, what is on loan. No address, no telephone, no notes of others."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext

from fumikura.circulation.models import Loan
from fumikura.circulation.queries import rules_in_force
from fumikura.circulation.quotas import Quota, quotas_of
from fumikura.kernel.japanese import hiragana
from fumikura.kernel.refusals import Reason, Refused
from fumikura.notices.queries import address_has_failed
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import asked_at_counter, current_card, get_patron, lending_facts
from fumikura.patrons.rules import PatronFacts
from fumikura.statements.ahead import read_ahead
from fumikura.web.design.days import day, in_japanese
from fumikura.web.desk.answer import say
from fumikura.web.desk.place import Place
from fumikura.web.desk.words import category_of, grouped, title_of

CARD_SOON = timedelta(days=30)
"""Whose card ends within this time is told at the counter."""


MOST_SHOWN = 60


@dataclass(frozen=True)
class Notice:
    """One thing to be said today."""

    kind: str
    icon: str
    strong: str
    text: str = ""


@dataclass(frozen=True)
class LoanLine:
    pk: int
    item: int
    title: str
    due: str
    is_late: bool
    renewals: int


@dataclass(frozen=True)
class Meter:
    """One limit of the rules and how far it is filled."""

    words: str
    have: int
    limit: int


@dataclass(frozen=True)
class Panel:
    name: tuple[tuple[str, str], ...]
    """Pairs of what is written and how it is read, for ruby."""
    category: str
    age: str
    card: str
    notices: tuple[Notice, ...]
    have: int
    meters: tuple[Meter, ...]
    overdue_words: str
    key: str
    loans: tuple[LoanLine, ...]
    more: int
    """Loans that are not listed: a class may have hundreds."""


def panel_of(patron_id: int, loans: list[Loan], place: Place) -> Panel:
    today = timezone.localdate(place.at)
    with read_ahead(*asked_at_counter(patron_id, today)):
        patron = get_patron(patron_id)
        facts = lending_facts(patron, today)
        card = current_card(patron)
    late = sum(1 for loan in loans if loan.due_on < today)
    return Panel(
        name=ruby(patron.name, patron.reading),
        category=category_of(patron),
        age="" if facts.age is None else gettext("{age}歳").format(age=facts.age),
        card=grouped(card.number) if card else "",
        notices=(*_notices(facts, late, today), *_returned_mail(patron, today)),
        have=len(loans),
        meters=tuple(_meter(quota) for quota in _quotas(facts, loans, place, today)),
        overdue_words=gettext("期限すぎ {late}").format(late=late) if late else gettext("期限すぎ なし"),
        key=patron.key,
        loans=tuple(_loan_line(loan, today) for loan in loans[:MOST_SHOWN]),
        more=max(0, len(loans) - MOST_SHOWN),
    )


def _quotas(facts: PatronFacts, loans: list[Loan], place: Place, today: date) -> tuple[Quota, ...]:
    try:
        return quotas_of(facts, loans, rules=rules_in_force(today), at=place.facility, on=today, via=place.by.via)
    except Refused:
        # No rules are in force yet: the verbs say so at the first loan.
        return ()


def _meter(quota: Quota) -> Meter:
    names = dict(quota.names)
    language = "ja" if in_japanese() else "en"
    return Meter(names.get(language, quota.counter), quota.have, quota.limit)


def ruby(name: str, reading: str) -> tuple[tuple[str, str], ...]:
    """水野 花子 + みずの はなこ → each part with its own reading; otherwise the whole name with the whole reading."""
    written, read = name.split(), hiragana(reading).split()
    if len(written) == len(read):
        return tuple((part, "" if part == kana else kana) for part, kana in zip(written, read, strict=True))
    return ((name, hiragana(reading)),)


def _notices(facts: PatronFacts, late: int, today: date) -> list[Notice]:
    found = []
    ends = facts.card_expires_on
    if facts.card_stopped:
        found.append(Notice("stop", "card", *say(Reason.of("card-stopped"))))
    elif ends and ends < today:
        found.append(Notice("stop", "card", *say(Reason.of("card-expired", expired_on=day(ends, today)))))
    elif ends and ends <= today + CARD_SOON:
        until = gettext("カードの期限 {ends}").format(ends=day(ends, today))
        found.append(Notice("wait", "card", until, gettext("本人確認して更新できます。")))
    for block in facts.blocks:
        paused = Reason("holds-paused") if block == "holds-paused" else Reason.of(f"patron-blocked:{block}")
        found.append(Notice("stop", "warning", *say(paused)))
    if late:
        found.append(
            Notice(
                "wait",
                "clock",
                gettext("期限をすぎた本 {late}冊").format(late=late),
                gettext("ひとこと伝えてください。"),
            )
        )
    return found


def _returned_mail(patron: Patron, today: date) -> list[Notice]:
    """Nothing reaches the reader until somebody asks: that is best done while they stand here."""
    if not address_has_failed(patron, today):
        return []
    return [Notice("wait", "warning", gettext("メールが戻りました"), gettext("新しいアドレスを聞いてください。"))]


def _loan_line(loan: Loan, today: date) -> LoanLine:
    return LoanLine(
        loan.pk, loan.item_id, title_of(loan.item), day(loan.due_on, today), loan.due_on < today, loan.renewals
    )
