"""A message in words, for staff who watch a machine or learn what it says."""

from collections.abc import Iterable, Mapping
from typing import Final

from fumikura.protocols.sip2.layouts import LAYOUTS, NAMES

FIELDS: Final[Mapping[str, str]] = {
    "AA": "利用者番号", "AB": "資料番号", "AC": "端末の合いことば", "AD": "利用者のパスワード", "AE": "名前", "AF": "画面の文",
    "AG": "印字の文", "AH": "返す日", "AJ": "書名", "AL": "止めるわけ", "AM": "館", "AN": "端末", "AO": "機関", "AP": "いまの場所",
    "AQ": "持ち主の館", "AS": "取り置き", "AT": "延滞", "AU": "貸出中", "BG": "持ち主", "BI": "取り消し", "BL": "利用者が有効",
    "BM": "延長できた", "BN": "延長できない", "BO": "料金を認める", "BP": "何番目から", "BQ": "何番目まで", "BR": "予約の順番", "BS": "受取館",
    "BW": "いつまでに", "BX": "できること", "BY": "予約の種類", "CD": "待っている予約", "CH": "資料の説明", "CK": "資料の種類",
    "CL": "仕分けの口", "CN": "端末の名前", "CO": "端末の鍵", "CP": "端末の場所", "CQ": "パスワードが合う", "CT": "行き先", "CV": "知らせの種類",
    "ok": "できた", "renewed": "延長", "magnetic": "磁気の資料", "desensitize": "防犯タグを切る", "resensitize": "防犯タグを入れる",
    "alert": "知らせる", "may_renew": "延長してよい", "no_block": "もう済んでいる", "mode": "予約のしかた", "patron_status": "利用者の状態",
    "language": "言葉", "summary": "くわしく知りたいもの", "online": "つながっている", "ended": "終わった", "accepted": "受け取った",
    "circulation_status": "資料の状態",
    "name_algorithm": "名前の暗号", "password_algorithm": "鍵の暗号", "status": "端末の調子", "print_width": "印字の幅", "version": "規格の版",
    "checkin": "返却できる", "checkout": "貸出できる", "renewal": "延長できる", "status_update": "資料を書きかえられる", "offline": "回線なしで使える",
    "timeout": "待つ時間（10分の1秒）", "retries": "くり返す回数", "returned_at": "返した時刻", "no_block_due": "端末が決めた返す日", "third_party": "ほかの人の延長",
    "security_marker": "防犯タグの種類", "fee_type": "料金の種類", "holds": "取り置きの数", "overdue": "延滞の数", "charged": "貸出中の数",
    "fines": "料金の数", "recalls": "返却請求の数", "unavailable": "待っている予約の数", "payment_type": "払いかた", "currency": "通貨",
    "available": "すぐ受け取れる", "card_retained": "カードを預かった", "renewed_count": "延長した数", "unrenewed_count": "延長できない数",
}  # fmt: skip


def named(code: str) -> str:
    """11 貸出 Checkout."""
    japanese, english = NAMES.get(code, ("読めない電文", "unreadable"))
    return f"{code or '--'} {japanese} ({english})"


def explained(fields: Iterable[tuple[str, str]]) -> list[str]:
    """One line a field that says something."""
    return [f"{FIELDS.get(name, name)}: {text.strip()}" for name, text in fields if text.strip()]


def went_well(code: str, fields: Mapping[str, str]) -> bool:
    """Whether an answer says yes, where it can say no."""
    first = next((name for name, _ in LAYOUTS.get(code, ())), "")
    return first not in {"ok", "ended", "accepted", "online"} or fields.get(first) in {"1", "Y"}
