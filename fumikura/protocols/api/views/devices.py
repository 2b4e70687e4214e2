"""Readers of IC tags and gates: what lies on the antenna, and how many people passed."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from fumikura.circulation.models import ShelfPlace
from fumikura.circulation.queries import ItemState, states_of
from fumikura.circulation.services import seen_on_shelf
from fumikura.holdings.models import Item
from fumikura.holdings.queries import find_item
from fumikura.holdings.tag_layouts import tag_layouts
from fumikura.journal.services import once
from fumikura.kernel.refusals import NotPermitted, Refused
from fumikura.kernel.tags import Layout, Tag, UnreadableTag, read_tag
from fumikura.kernel.tags.contents import IN_STOCK, ON_LOAN
from fumikura.organisation.antennas import shelf_antennas
from fumikura.organisation.models import Device
from fumikura.organisation.services import count_visitors, hear_stack
from fumikura.protocols.api.auth import KEY_HEADER, DeviceKey, Key
from fumikura.protocols.api.schemas import (
    Problem,
    ReadingIn,
    ReadingOut,
    ShelfOut,
    ShelfPlaceOut,
    TagIn,
    TagOut,
    VisitorsIn,
    VisitorsOut,
)

router = Router(tags=["devices"], auth=DeviceKey())
FAILURES = {400: Problem, 401: Problem, 422: Problem}


@router.post("/device/readings", response={200: ReadingOut, **FAILURES}, summary="What lies on the antenna")
def read_stack(request: HttpRequest, body: ReadingIn) -> ReadingOut:
    """Each tag in its place: the item, its title, where it should be, and whether a gate lets it pass. Changes nothing."""
    return _heard(_all_told(body))


@router.post("/device/stack", response={200: ReadingOut, 403: Problem, **FAILURES}, summary="What lies beside a desk")
def lay_stack(request: HttpRequest, body: ReadingIn) -> ReadingOut:
    """The desk's page is offered this stack. Tell it at every change, and every few seconds while something lies there;
    without tags when it was lifted. The answer says for each tag what its AFI ought to be now: write it where it differs."""
    told = _all_told(body)
    numbers = [said.item for said, _ in told if said]
    hear_stack(device=device_of(request), numbers=numbers, at=timezone.now())
    return _heard(told)


@router.post("/device/shelf", response={200: ShelfOut, 403: Problem, **FAILURES}, summary="What lies on a hold shelf")
def lie_on_shelf(request: HttpRequest, body: ReadingIn) -> ShelfOut:
    """A hold shelf with antennas tells everything that it sees, at every change and at least every half minute. It is answered
    what lies right, what is to be fetched or does not belong there, and what ought to lie there and is seen by no antenna of
    the site; the desk's page of the hold shelf shows the same. Never for whom anything is."""
    device, at, told = device_of(request), timezone.now(), _all_told(body)
    if device.kind != "hold-shelf":
        raise NotPermitted("circulation.check-out")
    hear_stack(device=device, numbers=[said.item for said, _ in told if said], at=at)
    numbers = [number for one in shelf_antennas(device.facility, at) for number in one.numbers]
    seen = seen_on_shelf(device.facility, numbers, timezone.localdate(at))
    return ShelfOut(
        tags=_heard(told).tags,
        right=[_place_out(place) for place in seen.right],
        to_fetch=[_place_out(place, why) for place, why in seen.to_fetch],
        strangers=[
            ShelfPlaceOut(item=item.barcode, title=_title(item), slot="", until=None, why="") for item in seen.strangers
        ],
        absent=[_place_out(place) for place in seen.absent],
    )


def _place_out(place: ShelfPlace, why: str = "") -> ShelfPlaceOut:
    slot = f"{place.pk % 10000:04d}"
    return ShelfPlaceOut(item=place.item.barcode, title=_title(place.item), slot=slot, until=place.until, why=why)


def _title(item: Item) -> str:
    return f"{item.record.title} {item.volume}".strip()


def _heard(told: Sequence[tuple[Tag | None, str]]) -> ReadingOut:
    items = {said.item: item for said, _ in told if said and (item := _find(said.item))}
    states = states_of(items.values(), timezone.now())
    return ReadingOut(
        tags=[_out(said, why, items.get(said.item) if said else None, states) for said, why in told],
    )


def _all_told(body: ReadingIn) -> list[tuple[Tag | None, str]]:
    layouts = tag_layouts()
    return [_told(tag, layouts) for tag in body.tags]


def _told(tag: TagIn, layouts: Sequence[Layout]) -> tuple[Tag | None, str]:
    try:
        return read_tag(bytes.fromhex(tag.memory), tag.dsfid, layouts), ""
    except UnreadableTag as unreadable:
        return None, unreadable.why
    except ValueError:
        return None, "encoding"


def _find(number: str) -> Item | None:
    try:
        return find_item(number)
    except Refused:
        return None


def _out(said: Tag | None, why: str, item: Item | None, states: dict[int, ItemState]) -> TagOut:
    if said is None:
        return TagOut(item="", unreadable=why, known=False, state="", may_pass=True, security=IN_STOCK)
    if item is None:
        return TagOut(
            item=said.item, unreadable="", known=False, state="", may_pass=True, security=IN_STOCK, parts=said.parts,
            part=said.part,
        )  # fmt: skip
    state = states[item.pk]
    on_loan = state.kind == "on-loan" and not state.is_received
    return TagOut(
        item=item.barcode,
        unreadable="",
        known=True,
        title=_title(item),
        state=state.kind,
        may_pass=on_loan or state.kind == "withdrawn",
        security=ON_LOAN if on_loan else IN_STOCK,
        parts=said.parts,
        part=said.part,
    )


@router.post("/device/visitors", response={201: VisitorsOut, **FAILURES}, summary="How many people passed a gate")
def visitors(request: HttpRequest, body: VisitorsIn, key: Key) -> Status[VisitorsOut]:
    """Counted in the journal under this device and its facility."""
    device, at = device_of(request), timezone.now()

    def act() -> dict[str, Any]:
        count_visitors(device=device, came=body.came, left=body.left, at=at)
        return {"device": device.pk}

    told = f"{device.pk}:{request.path}:{request.headers.get(KEY_HEADER, '').strip()}"
    _, repeated = once("gate:" + hashlib.sha256(told.encode()).hexdigest()[:58], act, door="api", at=at)
    return Status(201, VisitorsOut(repeated=repeated))


def device_of(request: HttpRequest) -> Device:
    """Whom authentication found."""
    device = getattr(request, "auth", None)
    if not isinstance(device, Device):
        raise TypeError("an operation of this router was called without authentication")
    return device
