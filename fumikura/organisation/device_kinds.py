"""What each kind of device may do, and through which door it acts. Pure; a device has no roles of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_LEND: Final = frozenset({"circulation.check-out", "circulation.renew"})
_HOLDS: Final = frozenset({"circulation.place-hold", "circulation.cancel-hold", "circulation.change-pickup"})
_TAKE_BACK: Final = frozenset({"circulation.check-in"})


@dataclass(frozen=True)
class DeviceKind:
    ja: str
    en: str
    via: str
    permissions: frozenset[str] = frozenset()


DEVICE_KINDS: Final[Mapping[str, DeviceKind]] = {
    "self-check": DeviceKind("自動貸出機", "Self-check machine", "self-check", _LEND | _HOLDS),
    "return-machine": DeviceKind("返却機", "Return machine", "return-machine", _TAKE_BACK),
    "combined": DeviceKind(
        "自動貸出返却機", "Self-check and return machine", "self-check", _LEND | _HOLDS | _TAKE_BACK
    ),
    "kiosk": DeviceKind("館内のキオスク", "Kiosk in the library", "self-check", _LEND | _HOLDS | _TAKE_BACK),
    "gate": DeviceKind("ゲート", "Gate", "gate"),
    "hold-shelf": DeviceKind("予約棚", "Hold shelf with antennas", "self-check", _LEND),
    "handheld": DeviceKind("ハンディ端末", "Handheld reader", "handheld", frozenset({"holdings.see-item"})),
    "locker": DeviceKind(
        "予約ロッカー", "Pickup locker", "locker", frozenset({"circulation.check-out", "circulation.fill-locker"})
    ),
    "desk-reader": DeviceKind(
        "窓口のリーダー",
        "Reader at a desk",
        "sip2",
        _LEND | _HOLDS | _TAKE_BACK | {"patrons.block", "patrons.unblock", "holdings.see-item", "holdings.change-item"},
    ),
}
"""By code. What no kind has, such as passing over an objection, no device can do."""
