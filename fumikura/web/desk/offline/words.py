"""What the offline counter says. The script has no word of its own: it is given these with the page."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Words = str | Promise

ICONS = ("scan", "card", "check", "warning", "cross", "info", "undo", "bookmark", "person", "print", "book")

OUTCOMES: Mapping[str, tuple[str, str, Words, Words]] = {
    "ready-lend": ("note", "scan", _("カードか本を読んでください"), ""),
    "ready-return": ("note", "scan", _("返す本を読んでください"), _("カードはいりません。")),
    "ready-hold": ("note", "bookmark", _("予約する方のカードを読んでください"), ""),
    "ready-register": (
        "note", "person", _("新しい利用者を登録します"), _("用意してある仮カードを1枚取り、番号を読んでください。"),
    ),
    "patron-open": ("ok", "card", _("カードを読みました"), _("貸す本を読んでください。")),
    "patron-for-hold": ("ok", "card", _("カードを読みました"), _("予約票に書いて「受け付ける」を押してください。")),
    "next-patron": (
        "ask", "card", _("別の方のカードです"),
        _("次の方に移るなら、同じカードをもう一度読むか F9 を押します。移らないなら Esc です。"),
    ),
    "same-patron": ("ok", "card", _("この方のカードです"), _("もう開いています。貸す本を読んでください。")),
    "unknown-card": (
        "ask", "card", _("名簿にない番号です：{number}"),
        _("きょう登録した方か、読みちがいです。カードを見て、番号が合っていれば F9 でこの方に貸します。"),
    ),
    "card-warning": ("ask", "warning", _("確かめてください：{why}"), _("それでも貸すなら F9、やめるなら Esc です。")),
    "card-stopped": (
        "stop", "cross", _("止められたカードです"), _("このカードには貸せません。新しいカードがないか、うかがってください。"),
    ),
    "lent": ("ok", "check", _("貸しました：{due}まで"), ""),
    "lent-no-date": (
        "ok", "check", _("貸しました"),
        _("返す日が分からない資料か、持ってきた表が古くなっています。返す日は、つながってから決まります。"),
    ),
    "over-limit": ("ask", "warning", _("確かめてください：冊数の上限です"), _("それでも貸すなら F9、やめるなら Esc です。")),
    "not-lent": ("ask", "warning", _("確かめてください：貸さない資料です"), _("例外として貸すなら F9、やめるなら Esc です。")),
    "card-first": ("stop", "card", _("先に利用カードを読んでください"), _("貸すときはカードが先です。返すときは F3 を押してください。")),
    "returned": (
        "ok", "check", _("受け取りました"),
        _("「オフライン返却」の箱に入れてください。予約の本がまじっているので、つながるまで棚に戻しません。"),
    ),
    "card-for-item": ("stop", "card", _("これは利用カードです"), _("いまは返却です。本のバーコードを読んでください。")),
    "registered": ("ok", "check", _("登録しました：{number}"), _("このまま貸せます。本を読んでください。住所などは、つながってから伺います。")),
    "card-known": ("stop", "card", _("もう使われている番号です"), _("仮カードの山から、別の1枚を取ってください。")),
    "card-malformed": (
        "stop", "cross", _("番号がちがうようです：{number}"), _("最後の数字が合いません。仮カードをもう一度読むか、印刷された番号を見て入れなおしてください。"),
    ),
    "held": ("ok", "check", _("予約を受け付けました"), _("受け付けた時刻の順で、つながったときに順番に入ります。")),
    "undone": ("ok", "undo", _("もどしました"), _("最後の1件を、なかったことにしました。")),
    "nothing-to-undo": (
        "stop", "cross", _("もどせるものがありません"), _("もどせるのは、まだ送っていない記録だけです。送ったものは、ふだんの窓口で直します。"),
    ),
    "nothing-asked": ("stop", "cross", _("答えるものがありません"), _("カードか本を読んでください。")),
    "left": ("note", "info", _("やめました"), _("何も記録していません。")),
    "finished": ("ok", "check", _("終わりました"), _("次の方のカードを読んでください。")),
    "misread": ("stop", "cross", _("読みちがえたようです：{number}"), _("番号の形が合いません。もう一度読むか、ラベルの番号を手で入れてください。")),
    "shop-barcode": ("stop", "cross", _("お店のバーコードです"), _("図書館のラベルを読んでください。")),
    "not-kept": (
        "stop", "cross", _("記録できませんでした"),
        _("この端末に書けません。空きがあるかを確かめ、それまでは紙に控えてください。"),
    ),
}  # fmt: skip
"""Code → shape, icon, the large line, what to do. Shapes as at the ordinary counter."""


def outcomes() -> dict[str, dict[str, str]]:
    return {
        code: {"shape": shape, "icon": icon, "word": str(word), "note": str(note)}
        for code, (shape, icon, word, note) in OUTCOMES.items()
    }


def said() -> dict[str, str]:
    """Everything else that the script puts on the page."""
    return {
        "online": gettext("つながっています"),
        "online-note": gettext("ふだんの窓口を使えます。ここに残っている記録は、自動で送ります。"),
        "offline": gettext("つながっていません — 貸出はつづけられます"),
        "offline-note": gettext("記録はこの端末にたまり、つながったら自動で送ります。"),
        "practice": gettext("練習中 — 記録しません"),
        "practice-note": gettext("何を読んでも、貸出にも返却にもなりません。"),
        "unprepared": gettext("この端末は、まだ用意されていません"),
        "revoked": gettext("この端末は使用を止められています。担当者に連絡してください。"),
        "quarantined": gettext(
            "送った記録が受け取られませんでした。担当者に連絡してください。記録は端末に残っています。"
        ),
        "sending": gettext("送っています：あと{count}件"),
        "entering": gettext("取り込んでいます：あと{count}件"),
        "waiting": gettext("{count}件"),
        "nothing-waiting": gettext("なし"),
        "to-settle": gettext("確かめてほしい記録が {count}件あります"),
        "never": gettext("まだありません"),
        "ahead": gettext("この端末の時計は {seconds}秒進んでいます。直して記録します。"),
        "behind": gettext("この端末の時計は {seconds}秒遅れています。直して記録します。"),
        "clock-good": gettext("合っています"),
        "people-coming": gettext(
            "名簿を取り込んでいます。終わるまでは、回線が切れるとカードの状態を確かめられません。"
        ),
        "people-missing": gettext(
            "名簿がありません。カードの状態は確かめられませんが、番号を見て F9 で貸せます。つながったら名簿を取り込みます。"
        ),
        "people-none": gettext("ありません。カードの状態は確かめられません。"),
        "people": gettext("{count}人（{when}現在）"),
        "people-old": gettext("古くなったので消しました。カードの状態は確かめられません。"),
        "sound-tampered": gettext("この端末の記録が、書いたときと変わっています。担当者に連絡してください。"),
        "card-ok": gettext("使えるカード"),
        "card-unknown": gettext("名簿にない番号"),
        "card-new": gettext("きょう登録した方"),
        "card-expired": gettext("カードの期限が切れています"),
        "card-blocked": gettext("貸出停止の方です"),
        "card-overdue": gettext("期限をすぎた本があります"),
        "left": gettext("あと{count}冊借りられます"),
        "good-until": gettext("カードの期限：{day}"),
        "nobody": gettext("カードを読むと、ここに貸せるかどうかが出ます。お名前は出ません。"),
        "loan": gettext("貸出"),
        "return": gettext("返却"),
        "hold": gettext("予約"),
        "register": gettext("登録"),
        "undo": gettext("取り消し"),
        "taken-back": gettext("もどした"),
        "sent": gettext("送信ずみ"),
        "kept": gettext("端末に記録"),
        "until": gettext("{day}まで"),
        "due-day": gettext("返す日"),
        "count": gettext("{count}点"),
        "yes-lend": gettext("認めて貸す"),
        "yes-next": gettext("次の方に移る"),
        "no": gettext("やめる"),
        "need-name": gettext("お名前と、仮カードの番号を入れてください。"),
        "need-words": gettext("どの本か、書名かISBNを書くか、本のバーコードを読んでください。"),
        "prepare-failed": gettext("用意できませんでした。職員として入り、働く館を選んでから、もう一度押してください。"),
        "insecure": gettext("このページは https:// で開いてください。いまの開き方では、ブラウザーが記録を守れません。"),
    }


def modes() -> list[dict[str, Any]]:
    return [
        {"label": gettext("貸出"), "href": "#lend", "key": "F2", "current": True},
        {"label": gettext("返却"), "href": "#return", "key": "F3"},
        {"label": gettext("予約"), "href": "#hold", "key": "F4"},
        {"label": gettext("登録"), "href": "#register", "key": "F6"},
        {"label": gettext("この端末"), "href": "#terminal", "key": "F7"},
        {"label": gettext("ふだんの窓口"), "href": reverse("desk:lend"), "key": ""},
    ]


def keys() -> list[dict[str, Any]]:
    return [
        {"key": "F1", "label": gettext("使い方"), "href": "#help"},
        {"key": "F2", "label": gettext("貸出"), "href": "#lend"},
        {"key": "F3", "label": gettext("返却"), "href": "#return"},
        {"key": "F4", "label": gettext("予約"), "href": "#hold"},
        {"key": "F6", "label": gettext("登録"), "href": "#register"},
        {"key": "F9", "label": gettext("認める"), "thumb": True},
        {"key": "F10", "label": gettext("終わる"), "thumb": True},
        {"key": "^Z", "label": gettext("もどす"), "thumb": True},
        {"key": "Esc", "label": gettext("次の方"), "thumb": True},
    ]


CHOICES: Mapping[str, tuple[Words, str]] = {
    "accept": (_("このままでよい"), "check"),
    "call": (_("連絡した"), "person"),
    "undo": (_("貸出をもどす"), "undo"),
    "enter": (_("直して取り込む"), "check"),
}
"""What a person may do about a line → the words on its button, and its icon."""

ADVICE: Mapping[str, Words] = {
    "accept": _("見て納得したら、このままでかまいません。"),
    "call": _("借りた方に連絡してください。連絡したら、このボタンで終わります。"),
    "enter": _("番号などを確かめて、直せば取り込めます。時刻は窓口で読んだ時刻のままです。"),
    "undo": _("貸出をもどしてください。"),
}

KINDS: Mapping[str, Words] = {
    "loan": _("貸出"),
    "return": _("返却"),
    "hold": _("予約"),
    "register": _("登録"),
    "undo": _("取り消し"),
    "unreadable": _("読めない行"),
}

FIELDS: Mapping[str, Words] = {
    "card": _("カードの番号"),
    "item": _("資料番号"),
    "name": _("お名前"),
    "category": _("利用者区分（コード）"),
    "reading": _("よみ"),
    "phone": _("電話番号"),
    "born_on": _("生年月日"),
    "words": _("予約票の言葉"),
}

DONE: Mapping[str, Words] = {
    "accepted": _("このままにしました。"),
    "called": _("連絡ずみにしました。"),
    "undone": _("貸出をもどしました。"),
    "entered": _("直して取り込みました。"),
    "discarded": _("別に置いた記録を片づけました。"),
    "revoked": _("端末の使用を止めました。"),
    "file": _("ファイルの記録を取り込みました。"),
}
