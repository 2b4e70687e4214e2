"""Pickup lockers: a machine at a facility fills, opens and empties its doors. It never learns who a reader is."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema, Status

from fumikura.circulation import services as circulation
from fumikura.holdings.queries import find_item
from fumikura.journal.services import once
from fumikura.kernel.refusals import NotPermitted
from fumikura.organisation.models import Device
from fumikura.organisation.queries import device_actor
from fumikura.protocols.api.auth import KEY_HEADER, DeviceKey, Key
from fumikura.protocols.api.schemas import Problem
from fumikura.protocols.api.views.devices import device_of

router = Router(tags=["lockers"], auth=DeviceKey())
FAILURES = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


class DoorOut(Schema):
    number: int
    state: str = Field(description="free, kept (a reader may come), over (to be taken out) or fault")
    fault: str = ""
    stay: int = Field(0, description="What lies behind it; 0 when nothing does")
    until: str = Field("", description="Last day on which the reader may come")
    opened: str = Field("", description="When its reader opened it, as long as it was not said to be empty")


class DoorsOut(Schema):
    facility: str
    doors: list[DoorOut]


class BroughtOut(Schema):
    stay: int = Field(description="What lies behind the door; 0 when it goes behind none")
    door: int = Field(description="Which door springs open; 0 when none does")
    goes_to: str = Field("", description="Code of the facility it goes on to when nobody collects it here")
    repeated: bool = Field(description="True when this key had been answered before")


class FillIn(Schema):
    item: str = Field(max_length=40, description="Barcode of what is laid in")


class OpenIn(Schema):
    code: str = Field(max_length=20, description="What the reader typed or showed")


class StayOut(Schema):
    stay: int
    door: int = Field(description="Which door springs open")
    items: int = Field(0, description="How many things were lent")
    repeated: bool = Field(description="True when this key had been answered before")


class FaultIn(Schema):
    fault: str = Field("", max_length=60, description="What is wrong with the door; empty when it works again")


@router.get("/locker/doors", response={200: DoorsOut, **FAILURES}, summary="Every door of this locker")
def doors(request: HttpRequest) -> DoorsOut:
    device, today = _locker(request), timezone.localdate()
    found = [
        DoorOut(
            number=door.number,
            state=door.state,
            fault=door.fault,
            stay=door.stay,
            until=door.until.isoformat() if door.until else "",
            opened=timezone.localtime(door.opened_at).isoformat(timespec="seconds") if door.opened_at else "",
        )
        for door in circulation.doors_of(device.facility, today)
    ]
    return DoorsOut(facility=device.facility.code, doors=found)


@router.post("/locker/stays", response={201: BroughtOut, **FAILURES}, summary="Lay something in: which door opens")
def fill(request: HttpRequest, body: FillIn, key: Key) -> Status[BroughtOut]:
    """One reading is enough: it arrives with it. Further items of the same hold go behind the same door.

    What nobody collects here any more opens no door and is to be sent on (`goes_to`). While no door is free nothing arrives.
    """

    def act(device: Device) -> dict[str, Any]:
        by, at = device_actor(device), timezone.now()
        brought = circulation.bring_to_locker(item=find_item(body.item), facility=device.facility, by=by, at=at)
        if brought.stay:
            return {"stay": brought.stay.pk, "door": brought.stay.compartment.number}
        return {"stay": 0, "door": 0, "goes_to": brought.back.stop.to if brought.back else ""}

    answer, repeated = _answered(request, act)
    return Status(201, BroughtOut(**answer, repeated=repeated))


@router.post("/locker/openings", response={201: StayOut, **FAILURES}, summary="A reader's code: which door opens")
def opening(request: HttpRequest, body: OpenIn, key: Key) -> Status[StayOut]:
    """Refused when the code is wrong, the door is faulty, or the reader may not borrow just now."""

    def act(device: Device) -> dict[str, Any]:
        by, at = device_actor(device), timezone.now()
        stay = circulation.open_locker(code=body.code, facility=device.facility, by=by, at=at)
        return {"stay": stay.pk, "door": stay.compartment.number}

    return _done(request, act)


@router.post("/locker/stays/{stay}/collection", response={201: StayOut, **FAILURES}, summary="The door is empty")
def collection(request: HttpRequest, stay: int, key: Key) -> Status[StayOut]:
    """The reader took everything: it is lent. Tell it when the door has closed; tell it again if the line was cut."""

    def act(device: Device) -> dict[str, Any]:
        by, at = device_actor(device), timezone.now()
        found = circulation.get_stay(device.facility, stay)
        loans = circulation.collect_from_locker(stay=found, by=by, at=at)
        return {"stay": found.pk, "door": found.compartment.number, "items": len(loans)}

    return _done(request, act)


@router.post("/locker/stays/{stay}/removal", response={201: StayOut, **FAILURES}, summary="Staff took it out")
def removal(request: HttpRequest, stay: int, key: Key) -> Status[StayOut]:
    """What was over, or lay behind a door that does not work. The next scan at a desk says where it goes."""

    def act(device: Device) -> dict[str, Any]:
        by, at = device_actor(device), timezone.now()
        found = circulation.get_stay(device.facility, stay)
        circulation.take_out_of_locker(stay=found, by=by, at=at)
        return {"stay": found.pk, "door": found.compartment.number}

    return _done(request, act)


@router.post(
    "/locker/doors/{number}/fault", response={201: StayOut, **FAILURES}, summary="A door does not work, or works again"
)
def fault(request: HttpRequest, number: int, body: FaultIn, key: Key) -> Status[StayOut]:
    def act(device: Device) -> dict[str, Any]:
        by, at = device_actor(device), timezone.now()
        circulation.note_door(facility=device.facility, number=number, fault=body.fault, by=by, at=at)
        return {"stay": 0, "door": number}

    return _done(request, act)


def _locker(request: HttpRequest) -> Device:
    device = device_of(request)
    if device.kind != "locker":
        raise NotPermitted("circulation.fill-locker")
    return device


def _done(request: HttpRequest, act: Callable[[Device], dict[str, Any]]) -> Status[StayOut]:
    answer, repeated = _answered(request, act)
    return Status(201, StayOut(**answer, repeated=repeated))


def _answered(request: HttpRequest, act: Callable[[Device], dict[str, Any]]) -> tuple[dict[str, Any], bool]:
    device = _locker(request)
    told = f"{device.pk}:{request.path}:{request.headers.get(KEY_HEADER, '').strip()}"
    key = "locker:" + hashlib.sha256(told.encode()).hexdigest()[:56]
    return once(key, lambda: act(device), door="api", at=timezone.now())
