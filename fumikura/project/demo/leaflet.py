"""What to open, whom to sign in as, and what to scan: printed when the town is ready."""

from collections.abc import Mapping, Sequence
from typing import Any

from fumikura.project.demo.copies import barcode
from fumikura.project.demo.files import toml
from fumikura.project.demo.people import card_number
from fumikura.project.demo.town import PASSWORD

ADDRESS = "http://127.0.0.1:8000"


def leaflet(address: str = ADDRESS) -> str:
    """The whole text; numbers and people as they were when the town was made."""
    cast, plan = toml("people.toml")["cast"], toml("town.toml")["showcase"]
    cards = {
        card_number(1): "使えるカード / a good card",
        card_number(_of("expired", cast)): "期限切れのカード / an expired card",
        card_number(_of("blocked", cast)): "貸出停止のカード / a blocked card",
        card_number(_of("stopped", cast)): "紛失届の出たカード / a card reported lost",
    }
    lines = [
        "",
        "水瀬市の見本ができています。  The demo town Minase is ready.",
        "",
        f"  {address}/            さがす(スマートフォンの幅でも) / the public catalogue",
        f"  {address}/desk/       カウンター(職員でサインイン) / the counter, staff sign in",
        f"  {address}/my/         マイページ(カード番号でサインイン) / my page, patrons sign in",
        f"  {address}/office/     事務室(職員でサインイン) / the office, staff sign in",
        f"  {address}/cataloguing/  目録(ono でサインイン) / the cataloguer's desk, sign in as ono",
        f"  {address}/kids/       子どものページ / the children's page",
        f"  {address}/join/       紙に書かない利用申し込み / becoming a reader without paper",
        f"  {address}/design/     部品の一覧 / the gallery of components",
        "",
        "  職員 / staff: sano(司書・中央)  kimura(窓口・北)  shimizu(館長・全館)  ono(目録)",
        f"  利用者 / patrons: {card_number(1)}(水野 花子)  {card_number(2)}(北川 太郎)",
        f"  パスワードはどなたも / everybody's password: {PASSWORD}",
        "",
        "  読みとってみる番号 / numbers to scan",
        *(f"    {number:<12}{what}" for number, what in cards.items()),
        *(
            f"    {barcode(ordinal):<12}{one['words']}『{one['title']}』 / {one['words_en']}"
            for ordinal, one in enumerate(plan, start=1)
        ),
    ]
    return "\n".join([*lines, ""])


def _of(card: str, cast: Sequence[Mapping[str, Any]]) -> int:
    """Which of the cast, from 1, has such a card."""
    return next(ordinal for ordinal, one in enumerate(cast, start=1) if one.get("card") == card)
