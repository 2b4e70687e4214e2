"""The fixed part of every message of SIP 2.00, in order, with widths; and which answer belongs to which request."""

from collections.abc import Mapping
from typing import Final

Layout = tuple[tuple[str, int], ...]

_WHEN: Final = ("when", 18)
_LANGUAGE: Final = ("language", 3)
_PATRON: Final[Layout] = (("patron_status", 14), _LANGUAGE, _WHEN)
_LENT: Final[Layout] = (("ok", 1), ("renewed", 1), ("magnetic", 1), ("desensitize", 1), _WHEN)

LAYOUTS: Final[Mapping[str, Layout]] = {
    # from the terminal
    "01": (("card_retained", 1), _WHEN),
    "09": (("no_block", 1), _WHEN, ("returned_at", 18)),
    "11": (("may_renew", 1), ("no_block", 1), _WHEN, ("no_block_due", 18)),
    "15": (("mode", 1), _WHEN),
    "17": (_WHEN,),
    "19": (_WHEN,),
    "23": (_LANGUAGE, _WHEN),
    "25": (_WHEN,),
    "29": (("third_party", 1), ("no_block", 1), _WHEN, ("no_block_due", 18)),
    "35": (_WHEN,),
    "37": (_WHEN, ("fee_type", 2), ("payment_type", 2), ("currency", 3)),
    "63": (_LANGUAGE, _WHEN, ("summary", 10)),
    "65": (_WHEN,),
    "93": (("name_algorithm", 1), ("password_algorithm", 1)),
    "97": (),
    "99": (("status", 1), ("print_width", 3), ("version", 4)),
    # from us
    "10": (("ok", 1), ("resensitize", 1), ("magnetic", 1), ("alert", 1), _WHEN),
    "12": _LENT,
    "16": (("ok", 1), ("available", 1), _WHEN),
    "18": (("circulation_status", 2), ("security_marker", 2), ("fee_type", 2), _WHEN),
    "20": (("ok", 1), _WHEN),
    "24": _PATRON,
    "26": _PATRON,
    "30": _LENT,
    "36": (("ended", 1), _WHEN),
    "38": (("accepted", 1), _WHEN),
    "64": (
        *_PATRON,
        ("holds", 4),
        ("overdue", 4),
        ("charged", 4),
        ("fines", 4),
        ("recalls", 4),
        ("unavailable", 4),
    ),
    "66": (("ok", 1), ("renewed", 4), ("not_renewed", 4), _WHEN),
    "94": (("ok", 1),),
    "96": (),
    "98": (
        ("online", 1),
        ("checkin", 1),
        ("checkout", 1),
        ("renewal", 1),
        ("status_update", 1),
        ("offline", 1),
        ("timeout", 3),
        ("retries", 3),
        _WHEN,
        ("version", 4),
    ),
}
"""Message code to its fixed fields."""

ANSWERS: Final[Mapping[str, str]] = {
    "01": "24", "09": "10", "11": "12", "15": "16", "17": "18", "19": "20", "23": "24", "25": "26", "29": "30",
    "35": "36", "37": "38", "63": "64", "65": "66", "93": "94", "99": "98",
}  # fmt: skip
"""Request to answer. 97 asks for the last answer once more; 96 asks the other side to say it again."""

NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "01": ("カードを止める", "Block Patron"),
    "09": ("返却", "Checkin"),
    "11": ("貸出", "Checkout"),
    "15": ("予約", "Hold"),
    "17": ("資料の情報", "Item Information"),
    "19": ("資料の状態の更新", "Item Status Update"),
    "23": ("利用者の状態", "Patron Status"),
    "25": ("利用者の停止を解く", "Patron Enable"),
    "29": ("延長", "Renew"),
    "35": ("利用者の終わり", "End Patron Session"),
    "37": ("支払い", "Fee Paid"),
    "63": ("利用者の情報", "Patron Information"),
    "65": ("すべて延長", "Renew All"),
    "93": ("端末のサインイン", "Login"),
    "97": ("もう一度送る", "Request ACS Resend"),
    "99": ("端末の状態", "SC Status"),
    "10": ("返却の答え", "Checkin Response"),
    "12": ("貸出の答え", "Checkout Response"),
    "16": ("予約の答え", "Hold Response"),
    "18": ("資料の情報の答え", "Item Information Response"),
    "20": ("資料の状態の更新の答え", "Item Status Update Response"),
    "24": ("利用者の状態の答え", "Patron Status Response"),
    "26": ("利用者の停止を解く答え", "Patron Enable Response"),
    "30": ("延長の答え", "Renew Response"),
    "36": ("利用者の終わりの答え", "End Session Response"),
    "38": ("支払いの答え", "Fee Paid Response"),
    "64": ("利用者の情報の答え", "Patron Information Response"),
    "66": ("すべて延長の答え", "Renew All Response"),
    "94": ("サインインの答え", "Login Response"),
    "96": ("もう一度送ってください", "Request SC Resend"),
    "98": ("図書館側の状態", "ACS Status"),
}
"""Message code to its name, Japanese and as in the standard."""
