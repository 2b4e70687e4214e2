"""Codes of the counter → what staff read and hear: a shape, one large line, and what to do. Nowhere else.

Shapes: ok (できた), ask (確かめて), stop (できない), go (送る・取置). Each has its own line style, icon and tones; see desk.js.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fumikura.circulation.queries import ItemState
from fumikura.holdings.models import Item
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron
from fumikura.web.design.days import day, in_japanese

Words = str | Promise


@dataclass(frozen=True)
class Outcome:
    """How one kind of answer looks, sounds and reads. `{due}`, `{to}`, `{count}`, `{door}`, `{scanned}` are filled in."""

    shape: str
    headline: Words
    do: Words = ""
    icon: str = ""


OUTCOMES: Mapping[str, Outcome] = {
    "ready": Outcome("note", _("カードか本を読んでください"), icon="scan"),
    "ready-take-back": Outcome("note", _("返す本を読んでください"), _("カードはいりません。"), icon="scan"),
    "lent": Outcome("ok", _("貸しました：{due}まで")),
    "renewed": Outcome("ok", _("延長しました：{due}まで")),
    "shelve": Outcome("ok", _("棚へ"), _("受け取りました。この館の棚に戻します。")),
    "send": Outcome("go", _("回送 → {to}"), _("受け取りました。{to}行きの箱に入れます。")),
    "hold-shelf": Outcome("go", _("取置の棚へ"), _("受け取りました。票をはさんで、取置の棚に置きます。")),
    "locker-door": Outcome("go", _("ロッカーの{door}番へ"), _("受け取りました。扉に入れて、閉めてください。")),
    "set-aside": Outcome("ask", _("別に置く"), _("棚に戻さず、担当の人にわたしてください。")),
    "keep": Outcome("ask", _("別に置く"), _("棚には戻しません。")),
    "refused": Outcome("stop", _("できません：わけは{count}つ")),
    "to-confirm": Outcome("ask", _("確かめてください：{count}つ")),
    "patron-open": Outcome("ok", _("カードを読みました"), _("貸す本を読んでください。"), icon="card"),
    "same-patron": Outcome("ok", _("この方のカードです"), _("もう開いています。貸す本を読んでください。"), icon="card"),
    "next-patron": Outcome(
        "ask",
        _("別の方のカードです"),
        _("次の方に移るなら、同じカードをもう一度読むか F9 を押します。移らないなら Esc です。"),
        icon="card",
    ),
    "card-for-item": Outcome(
        "stop",
        _("これは利用カードです"),
        _("いまは返却です。本のバーコードを読んでください。この方に貸すときは F2 を押して、カードを読みます。"),
        icon="card",
    ),
    "item-state": Outcome("note", "{state}"),
    "empty": Outcome("stop", _("何も読み取れませんでした"), _("カードか本のバーコードを読んでください。")),
    "unknown": Outcome(
        "stop",
        _("見つかりません：{scanned}"),
        _(
            "この番号のカードも本もありません。ラベルの番号を見て、手で入れてみてください。本なら F7 で書名からさがせます。"
        ),
    ),
    "misread": Outcome(
        "stop",
        _("読みちがえたようです：{scanned}"),
        _("番号の形が合いません。もう一度読むか、ラベルの番号を手で入れてください。"),
    ),
    "shop-barcode": Outcome(
        "stop",
        _("お店のバーコードです"),
        _("本の裏にある ISBN か値段のバーコードでした。図書館のラベルを読んでください。"),
    ),
    "set-label": Outcome(
        "ask",
        _("組の番号です：{scanned}"),
        _("中の本をまるごと貸す・受け取るときは、ほかの仕事の「組・学級セット」で読んでください。"),
    ),
    "crate-label": Outcome(
        "ask",
        _("箱の札です：{scanned}"),
        _("着いた箱は、ほかの仕事の「コンテナ」で読んでください。中の本は、ここで1冊ずつ読めます。"),
    ),
    "panel-closed": Outcome(
        "note",
        _("しばらく読み取りがなかったので、閉じました"),
        _("続けるときは、カードをもう一度読んでください。"),
        icon="clock",
    ),
    "page-out-of-date": Outcome(
        "stop",
        _("この画面は古くなっていました"),
        _("何も行っていません。別の画面で次の方に移っています。いまの方を確かめて、もう一度読んでください。"),
    ),
    "finished": Outcome("ok", _("終わりました"), _("次の方のカードを読んでください。")),
    "undone-lent": Outcome("ok", _("貸出をもどしました"), _("この本は貸していません。"), icon="undo"),
    "undone-returned": Outcome(
        "ok", _("返却をもどしました"), _("この本は、返す前と同じ方に貸したままです。"), icon="undo"
    ),
    "undone-renewed": Outcome("ok", _("延長をもどしました"), _("返す日は、前と同じです。"), icon="undo"),
    "nothing-to-undo": Outcome(
        "stop", _("もどせるものがありません"), _("もどせるのは、この窓口できょう行ったことだけです。")
    ),
    "nothing-asked": Outcome("stop", _("答えるものがありません"), _("カードか本を読んでください。")),
    "nothing-chosen": Outcome(
        "ask", _("延長する本を選んでください"), _("↑↓で移り、Spaceで選んで、もう一度 F8 を押します。")
    ),
    "parts-lend": Outcome(
        "ask", _("付録つき：全部で{books}点"), _("{parts}がそろっていれば F9、たりなければ Esc（貸しません）。")
    ),
    "parts-take-back": Outcome(
        "ask", _("付録つき：全部で{books}点"), _("{parts}がそろっていれば F9、たりなければ Esc を押します。")
    ),
    "left-parts-lend": Outcome("note", _("貸しませんでした"), _("付録をさがしてから、もう一度読んでください。")),
    "stack-waits": Outcome(
        "note", _("{books}冊を読みました"), _("カードを読むと、まとめて貸します。やめるときは Esc。"), icon="scan"
    ),
    "stack-differs": Outcome(
        "ask",
        _("{books}冊のはずが、読めたのは{scanned}冊です"),
        _("重ねなおして読むときは Esc、読めた{scanned}冊で進むときは F9。まだ何も行っていません。"),
    ),
    "stack-empty": Outcome(
        "stop", _("本を1冊も読めませんでした"), _("重ねなおして、もう一度読んでください。カードは入れないでください。")
    ),
    "stack-lent": Outcome("ok", _("まとめて貸しました：{books}冊")),
    "stack-returned": Outcome("ok", _("まとめて受け取りました：{books}冊"), _("行き先は下の一覧を見てください。")),
    "stack-part": Outcome("stop", _("{books}冊はできませんでした"), _("{scanned}。ほかの本は済みました。")),
    "stack-dropped": Outcome("note", _("読んだ{books}冊を取りやめました"), _("何も貸していません。")),
    "left-stack": Outcome("note", _("まとめて読むのをやめました"), _("何も行っていません。もう一度読んでください。")),
    "kind-loan": Outcome("note", _("ふつうの貸出です"), _("本を読んでください。")),
    "kind-in-house": Outcome("note", _("館内利用にします"), _("きょう閉館までに返す本を読んでください。")),
    "kind-overnight": Outcome("note", _("一夜貸しにします"), _("次に開く日の朝までに返す本を読んでください。")),
    "left-lend": Outcome("note", _("貸しませんでした"), _("この本はこちらで預かってください。")),
    "left-take-back": Outcome("note", _("受け取りませんでした"), _("この本は返却になっていません。")),
    "left-renew": Outcome("note", _("延長しませんでした"), _("返す日は変わっていません。")),
    "left-next-patron": Outcome("note", _("この方のまま続けます"), _("本を読んでください。")),
}
"""Every answer of the counter by its code."""

ICONS = {"ok": "check", "ask": "warning", "stop": "cross", "go": "truck", "note": "info"}


WHY_TO_CLEAR = {
    "expired": _("期限までに受け取りがなかった"),
    "over": _("期限が過ぎた（読み取ると予約を終えます）"),
    "cancelled": _("取りやめた"),
    "lapsed": _("要る日を過ぎた"),
    "merged": _("同じ方の予約を1つにした"),
    "fulfilled": _("別の1冊を借りた"),
    "moved": _("受け取る館が変わった"),
    "freed": _("ほかの予約に移した"),
}
"""By the reasons of circulation.services.ToClear."""


def spell(outcome: Outcome, **figures: str | int) -> tuple[str, str]:
    """The large line and what to do, with their figures."""
    return str(outcome.headline).format(**figures), str(outcome.do).format(**figures)


ON_A_SHELF = frozenset({"on-shelf", "on-hold-shelf", "set-aside"})


def state_line(state: ItemState, item: Item, named: Callable[[str], str], today: date) -> str:
    """Where an item is, as staff would say it: 貸出中です（返す日 12月4日（金））. `named`: a facility's name by its code."""
    kind = "received" if state.is_received else "resting" if state.is_resting else state.kind
    words = str(STATES.get(kind, kind))
    if state.due_on and not state.is_received:
        return gettext("{state}（返す日 {due}）").format(state=words, due=day(state.due_on, today))
    if state.destination:
        return gettext("{state}（行き先 {to}）").format(state=words, to=named(state.destination))
    if state.kind in ON_A_SHELF and state.facility != item.home.code:
        return gettext("{state}（いまは{place}）").format(state=words, place=named(state.facility))
    return words


def name_of(facility: Facility) -> str:
    """As staff call it: 中央; in English its English name."""
    japanese = facility.short_name or facility.name
    return japanese if in_japanese() else facility.name_en or japanese


def category_of(patron: Patron) -> str:
    """The reader's category: 一般; in English its English name."""
    return patron.category.name if in_japanese() else patron.category.name_en or patron.category.name


def joined(*sentences: str) -> str:
    """Sentences one after the other: Japanese needs no space between them."""
    return ("" if in_japanese() else " ").join(sentence for sentence in sentences if sentence)


def title_of(item: Item) -> str:
    return f"{item.record.title} {item.volume}".strip()


def grouped(number: str) -> str:
    """A number as it is read aloud: 3100 2745."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4)) if number.isdigit() else number


STATES: Mapping[str, Words] = {
    "on-shelf": _("棚にあるはずです"),
    "on-loan": _("貸出中です"),
    "in-transit": _("回送中です"),
    "on-hold-shelf": _("取置の棚にあります"),
    "set-aside": _("別に置いてあります"),
    "missing": _("不明になっています"),
    "withdrawn": _("除籍した資料です"),
    "received": _("返却の機械が受け取っています"),
    "resting": _("動かない館の棚にあります（仮の場所で開いているあいだ）"),
}

MESSAGES: Mapping[str, Words] = {
    "card-first": _("貸すときは、先に利用カードを読んでください。"),
    "book-first": _("カードを読むと、この本を貸します。ほかの本も続けて読めます。やめるときは Esc。"),
    "panel-closed": _(
        "しばらく読み取りがなかったので、前の方の画面は閉じました。貸すときは、カードからもう一度読んでください。"
    ),
    "override-without-reason": _("「そのほか」のときは、わけを書いてください。"),
    "answer-first": _("先に、上の問いに答えてください。いま読んだ {scanned} は、あとでもう一度読んでください。"),
}
"""What the counter itself says beside an outcome; the rest comes from kernel.reasons."""
