"""One reader's page for staff: notes, pauses, the family, what is lent; two records of one person joined and parted."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from fumikura.circulation import services as circulation
from fumikura.circulation.models import CounterNote
from fumikura.circulation.queries import holds_counted, needs_consent
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Block, Patron
from fumikura.patrons.queries import current_card, family_of, find_patron_by_card, guardian_of, open_blocks
from fumikura.patrons.services import block, change, last_merge_into, unblock
from fumikura.web.design.days import day, in_japanese
from fumikura.web.desk.about_reader import about_reader
from fumikura.web.desk.doing import do, done, staff_page, told
from fumikura.web.desk.memory import recall
from fumikura.web.desk.panel import ruby
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.reminders import may_remind
from fumikura.web.desk.rows import open_loans
from fumikura.web.desk.words import category_of, grouped, name_of, title_of
from fumikura.web.materials import MATERIALS
from fumikura.web.proving import proof_wanted
from fumikura.web.visitors import typed

WHY = {
    "rules": _("きまりを守っていただけない"),
    "lost-not-replaced": _("弁償がまだ"),
    "mail-returned": _("郵便がもどってきた"),
    "own-wish": _("ご本人の希望"),
    "other": _("そのほか"),
}
"""Why a reader may be kept from borrowing: codes and words."""
PAUSES = {
    "holds-paused": _("取りに来ない予約が続いた（予約だけを休む）"),
    "loans-paused": _("返すのが遅れた（貸出だけを休む）"),
}
"""Blocks that the rules set by themselves."""
SERVICES = {
    "accessible": _("障害者サービス"),
    "home-delivery": _("宅配サービス"),
    "school": _("学校へのサービス"),
    "institution": _("施設へのサービス"),
}
"""What a reader may be marked with, so that the lending rules know."""


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
@about_reader
def reader(request: HttpRequest, place: Place, one: Patron) -> HttpResponse:
    """A POST is one act."""
    if request.method != "POST":
        return _page(request, place, one)
    if {"other", "part"} & set(request.POST) and (asked := proof_wanted(request)):
        return asked
    return do(
        place,
        lambda: _act(request, place, one),
        back=reverse("desk:reader", args=[one.key]),
        again=lambda trouble: _page(request, place, one, trouble),
    )


def _act(request: HttpRequest, place: Place, one: Patron) -> dict[str, Any]:
    by, at, sent = place.by, place.at, request.POST
    if "note" in sent:
        stays = "stays" in sent
        circulation.write_note(text=typed(sent, "note"), patron=one, stays=stays, by=by, at=at)
        return {"did": "note"}
    if "end_note" in sent:
        note = CounterNote.objects.open().filter(pk=int(typed(sent, "end_note", 18)), patron=one).first()
        if note:
            circulation.acknowledge_note(note=note, by=by, at=at)
        return {"did": "note-ended"}
    if "why" in sent:
        ends = typed(sent, "until", 10)
        why = typed(sent, "why", 20)
        if why not in WHY:
            raise ValueError
        until = date.fromisoformat(ends) if ends else None
        block(patron=one, reason=why, note=typed(sent, "block_note"), ends_on=until, by=by, at=at)
        return {"did": "blocked"}
    if "lift" in sent:
        row = Block.objects.filter(pk=int(typed(sent, "lift", 18)), patron=one).first()
        if row:
            unblock(block=row, by=by, at=at)
        return {"did": "lifted"}
    if "consents" in sent:
        change(patron=one, consents=[code for code in MATERIALS if code in sent.getlist("agreed")], by=by, at=at)
        return {"did": "consents"}
    if "services" in sent:
        change(patron=one, services=[code for code in SERVICES if code in sent.getlist("service")], by=by, at=at)
        return {"did": "services"}
    if "part" in sent:
        merge = last_merge_into(one)
        if merge is None:
            raise Refused(Reason("not-undoable"))
        circulation.part_patrons(merge=merge, by=by, at=at)
        return {"did": "parted"}
    other = find_patron_by_card(typed(sent, "other", 40))
    if other is None:
        raise Refused(Reason("card-unknown"))
    told_too = circulation.merge_patron(old=other, into=one, by=by, at=at)
    return {"did": "merged", "messages": list(told_too)}


def _page(request: HttpRequest, place: Place, one: Patron, trouble: str = "") -> HttpResponse:
    today = timezone.localdate(place.at)
    card, other = current_card(one), typed(request.GET, "join", 40)
    joining = find_patron_by_card(other) if other else None
    merge = last_merge_into(one) if place.by.may("patrons.merge") else None
    asked, ready = holds_counted(one)
    return staff_page(
        request,
        place,
        "reader",
        mode="patrons",
        heading=gettext("{name} さん").format(name=one.name),
        trouble=trouble or (gettext("この番号のカードはありません。") if other and not joining else ""),
        one=one,
        is_group=place.by.may("circulation.lend-set") and circulation.is_group(one, today),
        name=ruby(one.name, one.reading),
        category=category_of(one),
        home=name_of(one.home),
        card=grouped(card.number) if card else "",
        said=_said(done(request)),
        notes=circulation.notes_about(patron=one.pk),
        blocks=[_block(row, today) for row in open_blocks(one, today)],
        whys=list(WHY.items()),
        guardian=one.guardian.name if one.guardian else "",
        consents=_consents(one, today),
        services=[(code, words, code in one.services) for code, words in SERVICES.items()],
        today=today.isoformat(),
        loans=[_loan(loan, today) for loan in open_loans(one.pk)],
        holds=(asked, ready),
        family=[_member(member, place) for member in family_of(one)],
        visit=recall(request, user=place.user.pk, facility=place.facility.code, at=place.at).visit,
        joining=None if joining is None or joining.pk == one.pk else (ruby(joining.name, joining.reading), other),
        merged=(day(timezone.localdate(merge.merged_at), today), ruby(merge.old.name, merge.old.reading))
        if merge
        else None,
        may={
            "exempt": may_remind(place),
            "note": place.by.may("circulation.write-note"),
            "block": place.by.may("patrons.block"),
            "unblock": place.by.may("patrons.unblock"),
            "merge": place.by.may("patrons.merge"),
            "change": place.by.may("patrons.change"),
        },
    )


def _said(answer: dict[str, Any]) -> str:
    words_of = {
        "note": gettext("ひとことを書きました。次に窓口でカードを読むと出ます。"),
        "note-ended": gettext("ひとことを消しました。"),
        "consents": gettext("保護者の同意を書きました。"),
        "services": gettext("サービスの印を書きました。"),
        "blocked": gettext("貸出停止にしました。"),
        "lifted": gettext("貸出停止を解きました。"),
        "merged": gettext("1つにまとめました。まちがいのときは、下でもどせます。"),
        "parted": gettext("2つの登録にもどしました。"),
    }
    return words_of.get(answer.get("did", ""), "") + told(answer.get("messages", []))


def _consents(one: Patron, today: date) -> list[tuple[str, str, bool]]:
    """Kinds of material for which the rules ask the guardian, each with whether the guardian has agreed."""
    if guardian_of(one, today) is None:
        return []
    asked_for = {*needs_consent(today), *one.consents}
    return [(code, str(words), code in one.consents) for code, words in MATERIALS.items() if code in asked_for]


def _block(row: Block, today: date) -> dict[str, Any]:
    sentence = words(Reason(f"patron-blocked:{row.reason}"), "ja" if in_japanese() else "en")[0]
    return {
        "pk": row.pk,
        "why": WHY.get(row.reason) or PAUSES.get(row.reason, sentence),
        "note": row.note,
        "from": day(row.starts_on, today),
        "until": day(row.ends_on, today) if row.ends_on else "",
    }


def _loan(loan: Any, today: date) -> dict[str, Any]:
    late = loan.due_on < today
    return {"pk": loan.pk, "title": title_of(loan.item), "due": day(loan.due_on, today), "is_late": late}


def _member(one: Patron, place: Place) -> dict[str, Any]:
    asked, ready = holds_counted(one)
    return {
        "key": one.key,
        "name": ruby(one.name, one.reading),
        "category": category_of(one),
        "loans": len(open_loans(one.pk)),
        "ready": ready,
        "holds": asked,
    }
