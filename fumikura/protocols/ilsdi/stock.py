"""GetAvailability and GetRecords: where copies are and what a title is. Never who has one or waits for it."""

from collections.abc import Mapping, Sequence

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from lxml import etree

from fumikura.catalogue.crosswalks.as_xml import marcxml
from fumikura.catalogue.outgoing import going_out
from fumikura.catalogue.queries import records_by_id
from fumikura.circulation.queries import ItemState, states_of
from fumikura.holdings.models import Item
from fumikura.holdings.queries import items_of_records
from fumikura.organisation.queries import facility_coded
from fumikura.protocols.ilsdi.answers import Node, Told, answered, dlf, said
from fumikura.protocols.ilsdi.arguments import Arguments, number_of, numbers_of


def availability(arguments: Arguments) -> HttpResponse:
    """Copy by copy; with return_type=bib one word for the title. What is not there is `unknown`."""
    if arguments["id_type"] not in {"bib", "item"}:
        raise Told("IllegalParameter", "id_type (bib, item)")
    asked = numbers_of(arguments["id"])
    root = dlf(None, "collection")
    if arguments["id_type"] == "item":
        _by_item(root, asked)
    else:
        _by_title(root, asked, as_title=arguments.get("return_type") == "bib")
    return answered(root)


def _by_item(root: etree._Element, asked: Sequence[str]) -> None:
    wanted = {one: number_of(one) for one in asked}
    rows = Item.objects.select_related("home", "record").filter(pk__in=wanted.values(), record__deleted_at=None)
    items = {item.pk: item for item in rows}
    states = states_of(items.values(), timezone.now())
    for one, number in wanted.items():
        item = items.get(number)
        record = dlf(root, "record")
        dlf(record, "bibliographic", id=str(item.record_id) if item else one)
        copies = dlf(record, "items")
        if item:
            _copy(copies, item, states[item.pk])
        else:
            _unknown(dlf(copies, "item", id=one), one)


def _by_title(root: etree._Element, asked: Sequence[str], *, as_title: bool) -> None:
    wanted = {one: number_of(one) for one in asked}
    there = records_by_id(wanted.values())
    items = items_of_records(there)
    states = states_of([item for copies in items.values() for item in copies], timezone.now())
    for one, number in wanted.items():
        record = dlf(root, "record")
        dlf(record, "bibliographic", id=one)
        if number not in there:
            _unknown(record, one)
        elif as_title:
            is_in = any(states[item.pk].is_available for item in items.get(number, []))
            _simple(record, one, "available" if is_in else "not available")
        else:
            copies = dlf(record, "items")
            for item in items.get(number, []):
                _copy(copies, item, states[item.pk])


def _copy(copies: etree._Element, item: Item, state: ItemState) -> None:
    status = "available" if state.is_available else "not available"
    told = _simple(dlf(copies, "item", id=str(item.pk)), str(item.pk), status)
    if not state.is_available:
        dlf(told, "availabilitymsg", _why_not(state))
    if state.kind == "on-loan" and state.due_on:
        dlf(told, "dateavailable", state.due_on.isoformat())
    dlf(told, "location", item.home.name)


def _unknown(parent: etree._Element, asked: str) -> None:
    dlf(_simple(parent, asked, "unknown"), "availabilitymsg", _("見つかりません"))


def _simple(parent: etree._Element, identifier: str, status: str) -> etree._Element:
    told = dlf(parent, "simpleavailability")
    dlf(told, "identifier", identifier)
    dlf(told, "availabilitystatus", status)
    return told


def _why_not(state: ItemState) -> str:
    if state.kind == "on-shelf" and state.reference_only:
        return _("館内だけで読む本です")
    if state.kind in {"on-shelf", "on-hold-shelf"}:
        return _("取り置いています")
    said_of = {"on-loan": _("貸出中"), "missing": _("所在不明"), "withdrawn": _("除籍した資料です")}
    return said_of.get(state.kind, _("いまはありません"))


def records(arguments: Arguments) -> HttpResponse:
    """MARCXML as it goes out elsewhere, and the copies. No loans and no holds: those are people's."""
    if arguments.get("schema", "") not in {"", "MARCXML"}:
        raise Told("UnsupportedSchema")
    wanted = {one: number_of(one) for one in numbers_of(arguments["id"])}
    there = records_by_id(wanted.values())
    items = items_of_records(there)
    states = states_of([item for copies in items.values() for item in copies], timezone.now())
    written = {record.pk: marc for record, marc in going_out(there.values())}
    given: list[Node] = []
    for number in wanted.values():
        if number not in there:
            given.append({"code": "RecordNotFound"})
            continue
        given.append(
            {
                "biblionumber": number,
                "title": there[number].title,
                "author": there[number].creator,
                "marcxml": marcxml(written[number]),
                "items": {"item": [_item(item, states) for item in items.get(number, [])]},
            }
        )
    return said("GetRecords", {"record": given})


def _item(item: Item, states: Mapping[int, ItemState]) -> Mapping[str, Node]:
    state = states[item.pk]
    now_at = facility_coded(state.facility)
    told: dict[str, Node] = {
        "itemnumber": item.pk,
        "biblionumber": item.record_id,
        "barcode": item.barcode,
        "itemcallnumber": item.call_number,
        "homebranch": item.home.code,
        "homebranchname": item.home.name,
        "holdingbranch": state.facility,
        "holdingbranchname": now_at.name if now_at else "",
        "notforloan": int(state.reference_only),
    }
    if state.kind == "on-loan" and state.due_on:
        told["onloan"] = state.due_on.isoformat()
    return told
