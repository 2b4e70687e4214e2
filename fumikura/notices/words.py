"""The words of the house for every kind and language, and what the variables mean."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KIND_NAMES: Final[Mapping[str, Promise]] = {
    "hold-ready": _("予約した本の用意ができた"),
    "due-soon": _("返す日が近い"),
    "overdue": _("返す日を過ぎた"),
    "hold-over": _("取り置きが終わった・予約が止まった"),
    "card-expiry": _("利用カードの期限が近い"),
    "suggestion-answered": _("購入リクエストへの返事"),
}
CHANNEL_NAMES: Final[Mapping[str, Promise]] = {
    "e-mail": _("メール"),
    "sms": _("SMS"),
    "line": _("LINE"),
    "none": _("知らせない"),
}
VARIABLE_NAMES: Final[Mapping[str, Promise]] = {
    "name": _("お名前"),
    "library": _("図書館の名前"),
    "count": _("点数"),
    "titles": _("書名の一覧（のせない人には空）"),
    "link": _("マイページのアドレス"),
    "place": _("受け取る館"),
    "until": _("日にち"),
}

_FOOT_JA = "\n{library}\n{link}\nこのメールは自動で送っています。返信いただいても読めません。知らせ方はマイページで変えられます。"
_FOOT_EN = (
    "\n{library}\n{link}\nThis message is sent automatically; replies are not read. You can change notices on My page."
)

TEXTS: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("hold-ready", "ja"): (
        "予約の本を用意しました（{count}点）",
        "{name} 様\n\n予約の本の用意ができました。\n受け取る館：{place}\n取り置き：{until}まで\n\n{titles}\n"
        + _FOOT_JA,
    ),
    ("hold-ready", "en"): (
        "Your hold is ready ({count})",
        "Dear {name},\n\nwhat you asked for can be collected.\nWhere: {place}\nKept until: {until}\n\n{titles}\n"
        + _FOOT_EN,
    ),
    ("due-soon", "ja"): (
        "返す日が近い本があります（{count}点）",
        "{name} 様\n\n{until}までに返していただく本が{count}点あります。次に待つ人がいなければ、マイページで延長できます。\n\n{titles}\n"
        + _FOOT_JA,
    ),
    ("due-soon", "en"): (
        "Due soon ({count})",
        "Dear {name},\n\n{count} item(s) are due by {until}. If nobody waits for them you can renew on My page.\n\n{titles}\n"
        + _FOOT_EN,
    ),
    ("overdue", "ja"): (
        "返す日を過ぎた本があります（{count}点）",
        "{name} 様\n\n返す日を過ぎた本が{count}点あります。待っている人がいるかもしれません。お近くの館に返してください。行きちがいのときはお許しください。\n\n{titles}\n"
        + _FOOT_JA,
    ),
    ("overdue", "en"): (
        "Overdue ({count})",
        "Dear {name},\n\n{count} item(s) are overdue. Somebody may be waiting for them. Please return them to any site; if you just did, thank you.\n\n{titles}\n"
        + _FOOT_EN,
    ),
    ("hold-over", "ja"): (
        "予約についてのお知らせ",
        "{name} 様\n\n取り置きの期限が過ぎたか、用意できるはずの本が用意できなくなりました。いまの予約はマイページで見られます。\n"
        + _FOOT_JA,
    ),
    ("hold-over", "en"): (
        "About your hold",
        "Dear {name},\n\na hold was not collected in time, or can no longer be provided as announced. Your holds are on My page.\n"
        + _FOOT_EN,
    ),
    ("card-expiry", "ja"): (
        "利用カードの期限が近づいています",
        "{name} 様\n\n利用カードは{until}まで使えます。住所のわかるものを持って、お近くの館で更新してください。\n"
        + _FOOT_JA,
    ),
    ("card-expiry", "en"): (
        "Your library card expires soon",
        "Dear {name},\n\nyour card is good until {until}. Please bring proof of address to any site to renew it.\n"
        + _FOOT_EN,
    ),
    ("suggestion-answered", "ja"): (
        "購入リクエストへのお返事",
        "{name} 様\n\nお申し込みの購入リクエストにお返事しました。マイページで読めます。\n" + _FOOT_JA,
    ),
    ("suggestion-answered", "en"): (
        "An answer to your purchase suggestion",
        "Dear {name},\n\nyour purchase suggestion was answered. You can read the answer on My page.\n" + _FOOT_EN,
    ),
}
LANGUAGES: Final = ("ja", "en")


def language_of(wanted: str) -> str:
    """The language whose words exist: やさしい日本語 reads Japanese, others English."""
    return "ja" if wanted.startswith("ja") or not wanted else "en"
