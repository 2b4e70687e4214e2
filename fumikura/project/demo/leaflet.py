"""What to open, whom to sign in as, and what to scan: printed when the town is ready."""

from fumikura.project.demo.copies import barcode
from fumikura.project.demo.files import toml
from fumikura.project.demo.people import card_number
from fumikura.project.demo.town import PASSWORD

ADDRESS = "http://127.0.0.1:8000"


def leaflet() -> str:
    cast, plan = toml("people.toml")["cast"], toml("town.toml")["showcase"]
    cards = {
        "使えるカード": card_number(1),
        "期限切れのカード": card_number(1 + next(n for n, one in enumerate(cast) if one.get("card") == "expired")),
        "貸出停止のカード": card_number(1 + next(n for n, one in enumerate(cast) if one.get("card") == "blocked")),
        "紛失届の出たカード": card_number(1 + next(n for n, one in enumerate(cast) if one.get("card") == "stopped")),
    }
    lines = [
        "",
        "水瀬市の見本ができています。  The demo town Minase is ready.",
        "",
        f"  さがす       {ADDRESS}/            (スマートフォンの幅でも)",
        f"  カウンター   {ADDRESS}/desk/       職員でサインイン",
        f"  マイページ   {ADDRESS}/my/         カード番号でサインイン",
        f"  部品の一覧   {ADDRESS}/design/",
        "",
        f"  職員: sano(司書・中央)  kimura(窓口・北)  shimizu(館長・全館)  ono(目録)    パスワード: {PASSWORD}",
        f"  利用者: {card_number(1)}(水野 花子)  {card_number(2)}(北川 太郎)    パスワード: {PASSWORD}",
        "",
        "  読みとってみる番号",
        *(f"    {number:<12}{what}" for what, number in cards.items()),
        *(f"    {barcode(ordinal):<12}{one['words']}" for ordinal, one in enumerate(plan, start=1)),
    ]
    return "\n".join([*lines, ""])
