"""The function keys of the counter: eight bars in all, each drawn once a language."""

from functools import lru_cache
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from fumikura.web.design.templatetags.addresses import address
from fumikura.web.design.templatetags.design import ui
from fumikura.web.desk.acts import LEND, TAKE_BACK


def keybar(mode: str, *, is_asked: bool, has_patron: bool) -> SafeString:
    """`is_asked`: whether a question is open at the counter."""
    return _drawn(mode, is_asked, has_patron, get_language() or "", address("desk:lend"))


@lru_cache(maxsize=128)
def _drawn(mode: str, is_asked: bool, has_patron: bool, _language: str, _house: str) -> SafeString:
    return ui("keybar", label=gettext("ファンクションキー"), keys=_keys(mode, is_asked, has_patron))


def _keys(mode: str, is_asked: bool, has_patron: bool) -> list[dict[str, Any]]:
    """Every key is also a button. The four for the thumb are those that a hand with a book can still reach."""
    other = (LEND, "F2", gettext("貸出")) if mode == TAKE_BACK else (TAKE_BACK, "F3", gettext("返却"))
    pages = {LEND: address("desk:lend"), TAKE_BACK: address("desk:take-back")}
    leaving = gettext("やめる") if is_asked else gettext("次の方")
    return [
        {"key": "F1", "label": gettext("使い方"), "href": address("desk:help")},
        {"key": other[1], "label": other[2], "href": pages[other[0]]},
        {"key": "F4", "label": gettext("予約"), "href": address("desk:holds")},
        {"key": "F6", "label": gettext("利用者"), "href": address("desk:patrons")},
        {"key": "F7", "label": gettext("資料"), "href": address("desk:items")},
        {"key": "F8", "label": gettext("延長"), "form": "renew-form" if has_patron else "undo-form"},
        {"key": "F9", "label": gettext("認める"), "form": "yes-form", "thumb": True, "name": "say", "value": "yes"},
        {"key": "F10", "label": gettext("終わる"), "form": "slip-form", "thumb": True},
        {"key": "^Z", "label": gettext("もどす"), "form": "undo-form", "thumb": True},
        {"key": "Esc", "label": leaving, "form": "next-form", "thumb": True},
    ]
