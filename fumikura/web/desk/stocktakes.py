"""蔵書点検: opened here, read on a handheld or from a file, searched three times; the report says what is left to do."""

import csv
import io
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from fumikura.acquisitions.services import suggest_again
from fumikura.holdings.models import ShelvingLocation
from fumikura.holdings.queries import find_item, locations_of
from fumikura.kernel.refusals import Refused
from fumikura.stocktake.models import Reading, ScanBatch, Search, Stocktake
from fumikura.stocktake.queries import (
    Progress,
    batches_of,
    findings_of,
    get_stocktake,
    missing_of,
    progress_of,
    searches_of,
    stocktakes_at,
)
from fumikura.stocktake.rules.leaving import ROUNDS
from fumikura.stocktake.services import (
    close_stocktake,
    finish_counting,
    found_on_search,
    look_in_vain,
    open_stocktake,
    settle_missing,
    settle_reading,
    take_batch,
    undo_batch,
)
from fumikura.web.design.days import day, in_japanese
from fumikura.web.desk.doing import do, done, staff_page, told
from fumikura.web.desk.place import Place, at_counter
from fumikura.web.desk.words import grouped, title_of
from fumikura.web.visitors import typed

VERDICTS = {
    "right": (_("正しい棚"), "ok"),
    "double": (_("二度読み"), ""),
    "unknown": (_("登録のない番号"), "stop"),
    "card": (_("利用カード"), "stop"),
    "on-loan": (_("貸出中のはず"), "stop"),
    "received": (_("仮返却のまま"), "wait"),
    "in-transit": (_("回送中のはず"), "wait"),
    "held": (_("取置のはず"), "wait"),
    "set-aside": (_("別置のはず"), "wait"),
    "withdrawn": (_("除籍ずみ"), "stop"),
    "found": (_("不明が見つかった"), "ok"),
    "other-site": (_("ほかの館の本"), "wait"),
    "other-place": (_("ほかの棚の本"), "wait"),
    "other-range": (_("ほかの番号の場所の本"), "wait"),
    "ghost": (_("となりの棚の電波"), ""),
}
"""Verdict → its words and the kind of its tag."""

LEADS = (("office:withdrawals", "stocktake.propose"), ("office:suggestions", "acquisitions.decide"))
"""Where a decision about a missing book goes on, and who may go there."""
COLUMNS = (_("結果"), _("棚"), _("資料番号"), _("請求記号"), _("書名"), _("この次に入れる"))
LONGEST_FILE = 2_000_000
Row = TypeVar("Row")


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def stocktakes(request: HttpRequest, place: Place) -> HttpResponse:
    """Those of this site; a POST opens one."""
    if request.method == "POST":
        return do(
            place,
            lambda: _open(request, place),
            back=reverse("desk:stocktakes"),
            again=lambda trouble: _list(request, place, trouble),
        )
    return _list(request, place)


def _open(request: HttpRequest, place: Place) -> dict[str, Any]:
    code = typed(request.POST, "location", 20)
    made = open_stocktake(
        facility=place.facility,
        location=ShelvingLocation.objects.filter(facility=place.facility, code=code).first() if code else None,
        call_from=typed(request.POST, "call_from", 60),
        call_to=typed(request.POST, "call_to", 60),
        by=place.by,
        at=place.at,
    )
    return {"opened": made.pk}


def _list(request: HttpRequest, place: Place, trouble: str = "") -> HttpResponse:
    places = [("", gettext("館の全部")), *((one.code, _place_words(one)) for one in locations_of([place.facility.pk]))]
    today = timezone.localdate(place.at)
    rows = [
        {
            "pk": one.pk,
            "words": _scope_words(one),
            "opened": day(timezone.localdate(one.opened_at), today),
            "state": _state(one),
        }
        for one in stocktakes_at(place.facility)
    ]
    return staff_page(
        request,
        place,
        "stocktakes",
        mode="stocktakes",
        heading=gettext("蔵書点検"),
        trouble=trouble,
        rows=rows,
        places=places,
        sent={name: typed(request.POST, name, 60) for name in ("location", "call_from", "call_to")},
        opened=done(request).get("opened"),
        may_open=place.by.may("stocktake.close"),
    )


def _state(one: Stocktake) -> tuple[str, str]:
    if one.closed_at:
        return (gettext("終わりました"), "")
    return (gettext("さがしています"), "wait") if one.counted_at else (gettext("読み取り中"), "ok")


def _scope_words(one: Stocktake) -> str:
    where = _place_words(one.location) if one.location else gettext("館の全部")
    bounds = f"{one.call_from or '…'} – {one.call_to or '…'}" if one.call_from or one.call_to else ""
    return f"{where} {bounds}".strip()


def _place_words(place: ShelvingLocation) -> str:
    return place.name if in_japanese() or not place.name_en else place.name_en


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def stocktake(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """Reading, what was found, and how far it is."""
    one = _found(pk, place)
    if request.method == "POST":
        return do(
            place,
            lambda: _act(request, place, one),
            back=reverse("desk:stocktake", args=[pk]),
            again=lambda trouble: _page(request, place, one, trouble),
        )
    return _page(request, place, one)


def _found(pk: int, place: Place) -> Stocktake:
    try:
        one = get_stocktake(pk)
    except Refused:
        raise Http404 from None
    if one.facility_id != place.facility.pk:
        raise Http404
    return one


def _act(request: HttpRequest, place: Place, one: Stocktake) -> dict[str, Any]:
    by, at = place.by, place.at
    if "undo" in request.POST:
        undo_batch(batch=_of(one.batches.filter(pk=_number(request, "undo")).first()), by=by, at=at)
        return {"undone": True}
    if "settle" in request.POST:
        reading = Reading.objects.filter(pk=_number(request, "settle"), batch__stocktake=one).first()
        back = settle_reading(reading=_of(reading), by=by, at=at)
        return {"settled": True, "messages": list(back.messages) if back else [], "stop": back.stop.to if back else ""}
    if "finish" in request.POST:
        return {"searched": finish_counting(stocktake=one, by=by, at=at)}
    if "close" in request.POST:
        close_stocktake(stocktake=one, by=by, at=at)
        return {"closed": True}
    key = by.request_key or typed(request.POST, "request_key", 64)
    batch = take_batch(
        stocktake=one,
        numbers=_numbers(request),
        key=key,
        shelf=typed(request.POST, "shelf", 40),
        source=typed(request.POST, "source", 10),
        by=by,
        at=at,
    )
    return {"batch": batch.pk, "again": batch.key != key}


def _of(row: Row | None) -> Row:
    if row is None:
        raise ValueError
    return row


def _number(request: HttpRequest, name: str) -> int:
    return int(typed(request.POST, name, 18))


def _numbers(request: HttpRequest) -> list[str]:
    """What was typed, scanned or uploaded: one number a line; a table's first column."""
    text = request.POST.get("numbers", "")[:LONGEST_FILE]
    if upload := request.FILES.get("file"):
        text += "\n" + upload.read(LONGEST_FILE).decode("utf-8-sig", "replace")
    return [line.replace("\t", ",").partition(",")[0] for line in text.splitlines()]


def _page(request: HttpRequest, place: Place, one: Stocktake, trouble: str = "") -> HttpResponse:
    answer, progress = done(request), progress_of(one, place.at)
    findings = [_finding(reading) for reading in findings_of(one)]
    return staff_page(
        request,
        place,
        "stocktake",
        mode="stocktakes",
        heading=gettext("蔵書点検：{scope}").format(scope=_scope_words(one)),
        trouble=trouble,
        one=one,
        state=_state(one),
        progress=progress,
        verdicts=_verdict_rows(progress) if one.batches.exists() else [],
        said=_said(answer),
        batch=_batch_summary(answer.get("batch")),
        batches=[
            {"pk": batch.pk, "shelf": batch.shelf, "size": size, "at": batch.taken_at, "undone": batch.undone_at}
            for batch, size in batches_of(one)
        ],
        findings=[row for row in findings if row["verdict"] != "ghost"],
        ghosts=[row for row in findings if row["verdict"] == "ghost"],
        missing=[_search(search) for search in missing_of(one)],
        shelf=typed(request.POST, "shelf", 40) or _last_shelf(answer.get("batch")),
        numbers=request.POST.get("numbers", "")[:LONGEST_FILE] if trouble else "",
        sources=[("barcode", gettext("バーコード")), ("rfid", gettext("ICタグ"))],
        source=typed(request.POST, "source", 10) or "barcode",
        may_close=place.by.may("stocktake.close"),
        rounds=ROUNDS,
    )


def _said(answer: dict[str, Any]) -> str:
    if "undone" in answer:
        return gettext("束を取り消しました。読む前にもどっています。")
    if "settled" in answer:
        return gettext("片づけました。") + told(answer["messages"])
    if "searched" in answer:
        return gettext("読み取りを終えました。さがす本は {count}点です。").format(count=answer["searched"])
    if answer.get("again"):
        return gettext("この並びは、もう受け取ってあります。二度は数えていません。")
    return gettext("蔵書点検を終えました。") if "closed" in answer else ""


def _batch_summary(batch: int | None) -> list[tuple[str, str, int]]:
    """What the batch that was just sent brought."""
    if not batch:
        return []
    counted: dict[str, int] = {}
    for verdict in Reading.objects.filter(batch=batch).values_list("verdict", flat=True):
        counted[verdict] = counted.get(verdict, 0) + 1
    return [(str(VERDICTS[verdict][0]), VERDICTS[verdict][1], count) for verdict, count in counted.items()]


def _last_shelf(batch: int | None) -> str:
    return ScanBatch.objects.filter(pk=batch or 0).values_list("shelf", flat=True).first() or ""


def _verdict_rows(progress: Progress) -> list[tuple[str, str, int]]:
    counts = progress.verdicts
    return [(str(words), kind, counts[verdict]) for verdict, (words, kind) in VERDICTS.items() if counts.get(verdict)]


def _finding(reading: Reading) -> dict[str, Any]:
    words, kind = VERDICTS[reading.verdict]
    item = reading.item
    return {
        "pk": reading.pk,
        "verdict": reading.verdict,
        "words": gettext("順番がちがう") if reading.is_out_of_order else words,
        "kind": "wait" if reading.is_out_of_order else kind,
        "is_out_of_order": reading.is_out_of_order,
        "goes_after": reading.goes_after,
        "title": title_of(item) if item else "",
        "call_number": item.call_number if item else "",
        "number": grouped(item.barcode if item else reading.number),
        "shelf": reading.batch.shelf,
        "where": _place_words(item.location) if item and item.location else "",
        "home": (item.home.short_name or item.home.name) if item else "",
        "ghost": reading.ghost_score,
        "returns": reading.verdict in {"on-loan", "received", "in-transit", "other-site", "set-aside"},
    }


def _search(search: Search) -> dict[str, Any]:
    item = search.item
    return {
        "pk": search.pk,
        "title": title_of(item),
        "barcode": grouped(item.barcode),
        "call_number": item.call_number,
        "shelf": _place_words(item.location) if item.location else "",
        "rounds": search.rounds,
        "settled": {"replace": gettext("買い替える"), "withdraw": gettext("除籍の案へ")}.get(search.settled_as, ""),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def search(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """さがす: on a handheld, in the order of the walk. A POST is a scan, "not there", the end of a round, or a decision."""
    one = _found(pk, place)
    if request.method == "POST":
        return do(
            place,
            lambda: _look(request, place, one),
            back=reverse("desk:stocktake-search", args=[pk]),
            again=lambda trouble: _search_page(request, place, one, trouble),
        )
    return _search_page(request, place, one)


def _look(request: HttpRequest, place: Place, one: Stocktake) -> dict[str, Any]:
    by, at = place.by, place.at
    if "settle" in request.POST:
        row = _of(
            Search.objects.select_related("item__record", "item__home")
            .filter(pk=_number(request, "settle"), stocktake=one)
            .first()
        )
        how = typed(request.POST, "how", 10)
        settle_missing(search=row, how=how, by=by, at=at)
        if how == "replace":
            suggest_again(item=row.item, by=by, at=at)
        return {"settled": how}
    if "round" in request.POST:
        again, missing = look_in_vain(stocktake=one, by=by, at=at)
        return {"again": again, "missing": missing}
    if "vain" in request.POST:
        row = _of(Search.objects.filter(pk=_number(request, "vain"), stocktake=one).first())
        again, missing = look_in_vain(stocktake=one, searches=[row], by=by, at=at)
        return {"again": again, "missing": missing}
    item = find_item(typed(request.POST, "scanned", 40))
    found = found_on_search(stocktake=one, item=item, by=by, at=at)
    return {"found": title_of(item), "listed": found is not None}


def _search_page(request: HttpRequest, place: Place, one: Stocktake, trouble: str = "") -> HttpResponse:
    answer = done(request)
    rows = [_search(search) for search in searches_of(one)]
    this_round = min((row["rounds"] for row in rows), default=0)
    said = ""
    if "found" in answer:
        words = gettext("見つかりました：{title}") if answer["listed"] else gettext("棚にあると記録しました（さがす本ではありません）：{title}")  # fmt: skip
        said = words.format(title=answer["found"])
    elif "missing" in answer:
        said = gettext("次の回でもう一度さがす本 {again}点、不明にした本 {missing}点").format(**answer)
    elif answer.get("settled") == "replace":
        said = gettext("除籍の案に入れ、同じ本を「購入の希望」に出しました。買うかどうかは、選書の担当が決めます。")
    elif "settled" in answer:
        said = gettext("決めました。除籍の案に入れました。")
    return staff_page(
        request,
        place,
        "stocktake_search",
        mode="stocktakes",
        heading=gettext("さがす：{scope}").format(scope=_scope_words(one)),
        trouble=trouble,
        one=one,
        said=said,
        rows=rows,
        this_round=this_round + 1,
        left=sum(1 for row in rows if row["rounds"] == this_round),
        rounds=ROUNDS,
        missing=[_search(row) for row in missing_of(one)],
        may_propose=place.by.may("stocktake.propose"),
        leads_to=[name for name, right in LEADS if place.by.may(right)] if "settled" in answer else [],
    )


@require_safe
@at_counter
def report(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """Everything that is left to do, as a table for a spreadsheet."""
    one = _found(pk, place)
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow([str(one) for one in COLUMNS])
    for row in (_finding(reading) for reading in findings_of(one, limit=100_000)):
        table.writerow([row["words"], row["shelf"], row["number"], row["call_number"], row["title"], row["goes_after"]])
    for found in [*searches_of(one), *missing_of(one)]:
        row = _search(found)
        words = gettext("不明") if found.ended_as == "missing" else gettext("さがす")
        told_as = f"{words} {row['settled']}".strip()
        table.writerow([told_as, row["shelf"], row["barcode"], row["call_number"], row["title"], ""])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="stocktake-{one.pk}.csv"'
    return response
