"""The words of the house for every kind and language (texts.toml, spoken_and_printed.toml), and what kinds, ways and variables are called."""

import tomllib
from collections.abc import Collection, Mapping
from importlib.resources import files
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fumikura.notices.rules import SENT

KIND_NAMES: Final[Mapping[str, Promise]] = {
    "hold-ready": _("予約した本の用意ができた"),
    "due-soon": _("返す日が近い"),
    "overdue": _("返す日を過ぎた"),
    "hold-over": _("取り置きが終わった・予約が止まった"),
    "loans-paused": _("貸出や予約のお休み"),
    "holds-paused": _("予約のお休み"),
    "replacement-asked": _("なくした本や、返したと申し出た本のこと"),
    "lost-item-came-back": _("なくした本が戻った"),
    "claim-resolved": _("返したと申し出た本が見つかった"),
    "card-expiry": _("利用カードの期限が近い"),
    "closing": _("受け取る館が臨時に休む・返す日が動いた"),
    "dates-moved": _("返す日が動いた（休む館で受け取らない人へ）"),
    "dates-back": _("臨時の休み・動いた返す日の取り消し"),
    "suggestion-answered": _("購入リクエストや見せたいリストへの返事"),
    "list-answered": _("見せたいリストへの返事"),
    "digest": _("1日1通にまとめたお知らせ"),
    "overdue-letter": _("督促の手紙"),
}
PAPER_NAMES: Final[Mapping[str, Promise]] = {
    "loan-slip": _("貸出票（カウンター）"),
    "kiosk-slip": _("貸出票（館内の画面）"),
    "hold-slip": _("取置の票"),
    "hold-slip-waiting": _("取置の票（そろうのを待つ本）"),
    "hold-slip-call": _("取置の票（電話をする前の本）"),
    "overdue-postcard": _("督促のはがき"),
    "letter-hold-ready": _("手紙：予約した本の用意ができた"),
    "letter-card-expiry": _("手紙：利用カードの期限が近い"),
    "telephone-hold-ready": _("電話：予約した本の用意ができた"),
    "telephone-hold-over": _("電話：取り置きが終わった・予約が止まった"),
    "telephone-closing": _("電話：受け取る館が臨時に休む・返す日が動いた"),
    "telephone-dates-back": _("電話：臨時の休み・動いた返す日の取り消し"),
    "telephone-loans-paused": _("電話：貸出のお休み"),
    "telephone-holds-paused": _("電話：予約のお休み"),
    "telephone-replacement-asked": _("電話：なくした本の代わりのお願い"),
    "telephone-lost-item-came-back": _("電話：なくした本が戻った"),
    "telephone-claim-resolved": _("電話：返したと申し出た本が見つかった"),
    "telephone-overdue": _("電話：返す日を過ぎた"),
    "telephone-message": _("電話：伝言・留守番電話"),
    "line-welcome": _("LINE：友だちになった方へ"),
    "line-connected": _("LINE：つながった方へ"),
}
"""What readers get on paper, by telephone and as an answer at LINE."""
TEXT_NAMES: Final[Mapping[str, Promise]] = {**KIND_NAMES, **PAPER_NAMES}
CHANNEL_NAMES: Final[Mapping[str, Promise]] = {
    "e-mail": _("メール"),
    "push": _("この端末などへの通知"),
    "line": _("LINE"),
    "sms": _("SMS"),
    "telephone": _("図書館からの電話"),
    "letter": _("手紙"),
}
VARIABLE_NAMES: Final[Mapping[str, Promise]] = {
    "name": _("お名前"),
    "library": _("図書館の名前"),
    "phone": _("電話番号（館に入れてあれば）"),
    "count": _("点数"),
    "titles": _("書名の一覧（のせない人には空）"),
    "link": _("マイページのアドレス"),
    "place": _("館（受け取る館・いまの館）"),
    "since": _("はじまる日"),
    "until": _("日にち"),
    "due": _("動いた返す日（動かない人には空）"),
    "kept": _("動いた取り置きの期限（動かない人には空）"),
    "card": _("過ぎた利用カードの期限（使えるカードなら空）"),
    "notices": _("まとめたお知らせ"),
    "day": _("返す日（大きく）"),
    "why": _("返す日が動いたわけ（ないときは空）"),
    "slot": _("取置の番号（大きく）"),
    "printed": _("印刷した日と時刻"),
}
LANGUAGES: Final = ("ja", "en", "ja-easy", "zh-hans", "ko")


def _read() -> Mapping[tuple[str, str], tuple[str, str]]:
    house = files("fumikura.notices")
    said = tomllib.loads(house.joinpath("texts.toml").read_text(encoding="utf-8"))
    foot = said.pop("foot")
    said |= tomllib.loads(house.joinpath("spoken_and_printed.toml").read_text(encoding="utf-8"))
    return {
        (kind, language): (
            text.get("subject", ""),
            text["body"].strip() + "\n" + (f"\n{foot[language]}\n" if kind in SENT or kind == "digest" else ""),
        )
        for kind, languages in said.items()
        for language, text in languages.items()
    }


TEXTS: Final = _read()


def language_of(wanted: str, among: Collection[str] = LANGUAGES) -> str:
    """The language whose words exist: other Japanese reads Japanese, other Chinese simplified Chinese, others English.

    `among`: those that can be written where it is to stand; for the others English.
    """
    found = wanted
    if wanted not in LANGUAGES:
        found = "ja" if wanted.startswith("ja") or not wanted else "zh-hans" if wanted.startswith("zh") else "en"
    return found if found in among else "en"
