"""ICタグ貼り: scan the label, let the reader write the tag, scan the tag; how far each shelf is, and what is still missing."""

import csv
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.circulation.queries import states_of
from fumikura.holdings.models import Item, Tagging
from fumikura.holdings.queries import TaggedPlace, find_item, get_item, items_to_tag, tag_of, tagging_progress
from fumikura.holdings.rules import tag_number
from fumikura.holdings.services.tagging import mark_not_taggable, tag_item, undo_tagging
from fumikura.holdings.tag_layouts import tag_layouts
from fumikura.kernel.refusals import Refused
from fumikura.kernel.tags import Tag, UnreadableTag, fixed, objects, write_tag
from fumikura.kernel.tags.contents import IN_STOCK, ON_LOAN
from fumikura.web.design.days import day, in_japanese
from fumikura.web.desk.answer import say
from fumikura.web.desk.doing import do, done, staff_page
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.words import grouped, joined, name_of, title_of
from fumikura.web.visitors import typed

CIRCULATING, NOT_LENT = 1, 2


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def tagging(request: HttpRequest, place: Place) -> HttpResponse:
    """A scanned label opens the copy; a POST notes its tag, that it cannot carry one, or takes the last one back."""
    if request.method == "POST":
        return do(
            place,
            lambda: _act(request, place),
            back=reverse("desk:tagging"),
            again=lambda trouble: _page(request, place, _item_sent(request), trouble),
        )
    scanned = typed(request.GET, "scanned", 40)
    if not scanned:
        return _page(request, place)
    try:
        return _page(request, place, find_item(scanned))
    except Refused as refused:
        return _page(request, place, trouble=" ".join(joined(*say(reason)) for reason in refused.reasons))


def _item_sent(request: HttpRequest) -> Item | None:
    number = typed(request.POST, "item", 18)
    try:
        return get_item(int(number)) if number.isdecimal() else None
    except Refused:
        return None


def _act(request: HttpRequest, place: Place) -> dict[str, Any]:
    by, at = place.by, place.at
    if "undo" in request.POST:
        return {"undone": undo_tagging(int(typed(request.POST, "undo", 18)), by=by, at=at).pk}
    item = get_item(int(typed(request.POST, "item", 18)))
    if "not-taggable" in request.POST:
        return {"tagging": mark_not_taggable(item, facility=place.facility, by=by, at=at).pk}
    tag = typed(request.POST, "tag", 80)
    is_sure = tag_number(tag) == tag_number(typed(request.POST, "again", 80))
    replacing = typed(request.POST, "replacing", 80) if is_sure else ""
    return {"tagging": tag_item(item, tag=tag, facility=place.facility, by=by, at=at, replacing=replacing).pk}


def _page(request: HttpRequest, place: Place, item: Item | None = None, trouble: str = "") -> HttpResponse:
    everywhere = "all" in request.GET
    rows = tagging_progress(None if everywhere else place.facility)
    standing = tag_of(item) if item else None
    tag = typed(request.POST, "tag", 80)
    return staff_page(
        request,
        place,
        "tagging",
        mode="tagging",
        heading=gettext("ICタグ貼り"),
        trouble=trouble,
        copy=_copy(item, place) if item else None,
        standing=_standing(standing, place),
        again=tag if standing and standing.tag and tag_number(tag) not in {"", standing.tag} else "",
        scanned=typed(request.GET, "scanned", 40) if trouble else "",
        last=_last(done(request)),
        after=typed(request.GET, "after", 64),
        rows=[_row(one) for one in rows],
        whole=_sum(rows),
        everywhere=everywhere,
        may_tag=place.by.may("holdings.tag"),
    )


def _copy(item: Item, place: Place) -> dict[str, Any]:
    content = content_for(item, place)
    return {
        "pk": item.pk,
        "title": title_of(item),
        "barcode": grouped(item.barcode),
        "call_number": item.call_number,
        "where": " ".join([name_of(item.home), _location_words(item)]).strip(),
        "content": content,
        "json": JsonResponse(content).content.decode() if content else "",
        "bytes": len(content["memory"]) // 2 if content else 0,
        "layout": _layout_words(content["dsfid"]) if content else "",
    }


def content_for(item: Item, place: Place) -> dict[str, Any] | None:
    """What a reader device writes, as it is told of a tag at the API; None when no layout can hold the number.

    The library's own layout for new tags, if it describes one; else the fixed block; objects for what is longer.
    """
    usage = NOT_LENT if item.reference_only else CIRCULATING
    state = states_of([item], place.at)[item.pk]
    afi = ON_LOAN if state.kind == "on-loan" and not state.is_received else IN_STOCK
    described = tag_layouts()
    own = [(one.name, one.dsfid) for one in described if one.is_for_new_tags]
    for layout, dsfid in (*own, ("fixed", fixed.DSFID), ("objects", objects.DSFID)):
        says = Tag(item=item.barcode, owner=item.agency.isil, usage=usage, parts=item.parts, layout=layout)
        try:
            return {"memory": write_tag(says, layouts=described).hex().upper(), "dsfid": dsfid, "afi": afi}
        except UnreadableTag:
            continue
    return None


def _layout_words(dsfid: int) -> str:
    own = next((one.title for one in tag_layouts() if one.is_for_new_tags and one.dsfid == dsfid), "")
    return own or ("ISO 28560-3" if dsfid == fixed.DSFID else "ISO 28560-2")


def _location_words(item: Item) -> str:
    location = item.location
    if location is None:
        return ""
    return location.name if in_japanese() or not location.name_en else location.name_en


def _standing(standing: Tagging | None, place: Place) -> dict[str, str]:
    if standing is None:
        return {}
    return {"tag": standing.tag, "day": day(standing.tagged_on, timezone.localdate(place.at))}


def _last(answer: dict[str, Any]) -> dict[str, Any]:
    """What was done last here, and whether it still stands and can be taken back."""
    if "undone" in answer:
        return {"undone": True, "title": title_of(get_item(answer["undone"]))}
    made = Tagging.objects.select_related("item__record").filter(pk=answer.get("tagging", 0), ended_at=None).first()
    return {"pk": made.pk, "title": title_of(made.item), "tag": made.tag} if made else {}


def _row(one: TaggedPlace) -> dict[str, Any]:
    location = one.location
    words = (location.name if in_japanese() or not location.name_en else location.name_en) if location else ""
    return {
        "site": name_of(one.facility),
        "location": words or gettext("所在なし"),
        "tagged": one.tagged,
        "to_tag": one.to_tag,
        "not_taggable": one.not_taggable,
        "whole": one.whole,
        "percent": _percent(one.tagged, one.whole),
    }


def _sum(rows: list[TaggedPlace]) -> dict[str, int]:
    tagged, whole = sum(one.tagged for one in rows), sum(one.whole for one in rows)
    left = sum(one.not_taggable for one in rows)
    return {"tagged": tagged, "to_tag": whole - tagged, "not_taggable": left, "whole": whole, "percent": _percent(tagged, whole)}  # fmt: skip


def _percent(tagged: int, whole: int) -> int:
    return tagged * 100 // whole if whole else 0


@require_safe
@at_counter
def content(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """The tag content of one copy for the program of a reader."""
    try:
        found = content_for(get_item(pk), place)
    except Refused:
        raise Http404 from None
    if found is None:
        raise Http404
    return JsonResponse(found)


class _Line:
    """A file for csv that hands each line on."""

    def write(self, line: str) -> str:
        return line


@require_safe
@at_counter
def missing(request: HttpRequest, place: Place) -> HttpResponse:
    """What this site has still to tag, in the order of the walk along its shelves."""
    table = csv.writer(_Line())
    head = [gettext("所在"), gettext("請求記号"), gettext("資料番号"), gettext("書名")]

    def lines() -> Iterator[str]:
        yield "\ufeff" + str(table.writerow(head))
        for item in items_to_tag(place.facility):
            yield str(table.writerow([_location_words(item), item.call_number, item.barcode, title_of(item)]))

    response = HttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="to-tag-{place.facility.code}.csv"'
    return response
