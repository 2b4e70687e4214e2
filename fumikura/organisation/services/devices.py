"""Verbs about the machines of the network, and how they sign in."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.crypto import constant_time_compare

from fumikura.journal.events import Event
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.device_kinds import DEVICE_KINDS
from fumikura.organisation.events import DeviceAdded, DeviceChanged, DeviceStopped, StackHeard, VisitorsCounted
from fumikura.organisation.models import Device, Facility
from fumikura.organisation.queries import device_actor, digest_of, find_device
from fumikura.organisation.services.sign_in import attempt


@transaction.atomic
def add_device(
    *, code: str, name: str, kind: str, facility: Facility, by: Actor, at: datetime, **settings: Any
) -> tuple[Device, str]:
    """A machine at a facility. Answers the row and its key, which is shown this once and not kept."""
    by.require("organisation.configure")
    if kind not in DEVICE_KINDS:
        raise ValueError(kind)
    if Device.objects.filter(code__iexact=code).exists():
        raise Refused(Reason.of("device-code-taken", device=code))
    key = _new_key()
    device = Device.objects.create(
        code=code, name=name, kind=kind, facility=facility, digest=digest_of(key), added_at=at, **settings
    )
    _record(DeviceAdded(device=device.pk, kind=kind), device, by=by, at=at)
    return device, key


@transaction.atomic
def change_device(*, device: Device, by: Actor, at: datetime, **settings: Any) -> Device:
    """Write new settings: name, dialect, encoding, line_end, language, asks_password, returns_provisionally, bins."""
    by.require("organisation.configure")
    for field, value in settings.items():
        setattr(device, field, value)
    device.save(update_fields=[*settings])
    _record(DeviceChanged(device=device.pk, fields=tuple(sorted(settings))), device, by=by, at=at)
    return device


@transaction.atomic
def renew_device_key(*, device: Device, by: Actor, at: datetime) -> str:
    """A new key; the old one is no longer good."""
    by.require("organisation.configure")
    key = _new_key()
    Device.objects.filter(pk=device.pk).update(digest=digest_of(key))
    _record(DeviceChanged(device=device.pk, fields=("key",)), device, by=by, at=at)
    return key


@transaction.atomic
def stop_device(*, device: Device, by: Actor, at: datetime) -> None:
    """The machine can no longer sign in; stopping it again changes nothing."""
    by.require("organisation.configure")
    if Device.objects.filter(pk=device.pk, stopped_at=None).update(stopped_at=at):
        _record(DeviceStopped(device=device.pk), device, by=by, at=at)


@transaction.atomic
def count_visitors(*, device: Device, came: int, left: int, at: datetime) -> None:
    """A gate tells how many passed since it told so last."""
    event = VisitorsCounted(device=device.pk, came=came, left=left)
    _record(event, device, by=device_actor(device), at=at)


@transaction.atomic
def hear_stack(*, device: Device, numbers: Sequence[str], at: datetime) -> None:
    """What lies on an antenna now, beside a desk or of a hold shelf; nothing when it was lifted. Told again, it only stays fresh."""
    by = device_actor(device)
    by.require("circulation.check-out")
    row = Device.objects.select_for_update().get(pk=device.pk)
    told = list(dict.fromkeys(numbers))
    changed = row.lying != told
    row.lying, row.lying_at = told, at
    row.save(update_fields=["lying", "lying_at"])
    if changed:
        _record(StackHeard(device=row.pk, count=len(told)), row, by=by, at=at)


def sign_in_device(*, code: str, key: str, address: str, at: datetime) -> Device:
    """The device with this code and key, or Refused("sign-in-failed") / Refused("sign-in-locked", minutes=…).

    Several short transactions: a failure is kept although the call is refused.
    """
    device = find_device(code.strip())
    digest = device.digest if device else digest_of("nobody")
    attempt(
        door="device",
        name=code.strip().lower(),
        address=address,
        at=at,
        succeeds=lambda: constant_time_compare(digest, digest_of(key.strip())) and device is not None,
    )
    if device is None:
        raise Refused(Reason.of("sign-in-failed"))
    return device


def _new_key() -> str:
    """24 letters and figures that no two scripts and no typist confuse."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(24))


def _record(event: Event, device: Device, *, by: Actor, at: datetime) -> None:
    record(event, by=by, at=at, subject=f"organisation.device:{device.pk}")
