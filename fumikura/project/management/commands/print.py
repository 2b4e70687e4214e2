"""`fumikura print cards FILE` and `fumikura print labels FILE`."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.formats import date_format

from fumikura.holdings.queries import items_to_label
from fumikura.patrons.queries import cards_in_use
from fumikura.web.paper.sheets import ItemLabel, PatronCard, item_labels, patron_cards

MOST = 3000
"""Labels in one file; more is too much for one print run and a lot of memory."""


class Command(BaseCommand):
    help = (
        "利用カードまたは資料ラベル(バーコードと背ラベル)の PDF をつくります。  Makes PDFs of patron cards or item labels.\n"
        "例: fumikura print cards カード.pdf 20000013   |   fumikura print labels ラベル.pdf --home KITA --since 2026-11-01"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["cards", "labels"], help="cards = 利用カード、labels = 資料ラベル")
        parser.add_argument("file", type=Path, help="書く先(.pdf)")
        parser.add_argument("numbers", nargs="*", help="番号。書かないときは、条件に合うものすべて")
        parser.add_argument("--home", default="", help="館コード。例: KITA")
        parser.add_argument(
            "--since", default="", help="この日から後に受け入れた資料・渡したカードだけ。例: 2026-11-01"
        )

    def handle(self, *_arguments: Any, what: str, file: Path, **options: Any) -> None:
        since = self._day(options["since"])
        pages = self._cards if what == "cards" else self._labels
        count, pdf = pages(options["numbers"], options["home"].upper(), since)
        try:
            file.write_bytes(pdf)
        except OSError as failure:
            raise CommandError(
                f"{file} に書けませんでした({failure.strerror})。フォルダーと権限を確かめてください。"
            ) from None
        self.stdout.write(f"{file}: {count:,} 件")

    def _day(self, text: str) -> date | None:
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise CommandError(f"日付 {text} が読めません。2026-11-01 のように書いてください。") from None

    def _cards(self, numbers: Sequence[str], home: str, since: date | None) -> tuple[int, bytes]:
        cards = cards_in_use(numbers=numbers, home=home, since=since)
        self._refuse_unless_printable(len(cards))
        return len(cards), patron_cards(
            [
                PatronCard(
                    library=card.agency.name,
                    library_en=card.agency.name_en,
                    number=card.number,
                    name=card.patron.name,
                    expires=date_format(card.expires_on, "Y年n月j日"),
                )
                for card in cards
            ]
        )

    def _labels(self, numbers: Sequence[str], home: str, since: date | None) -> tuple[int, bytes]:
        items = items_to_label(barcodes=numbers, home=home, since=since)
        self._refuse_unless_printable(len(items))
        return len(items), item_labels(
            [
                ItemLabel(
                    library=f"{item.agency.name} {item.home.short_name}".strip(),
                    number=item.barcode,
                    title=f"{item.record.title} {item.volume}".strip(),
                    call_number=item.call_number,
                )
                for item in items
            ]
        )

    def _refuse_unless_printable(self, count: int) -> None:
        if not count:
            raise CommandError("条件に合うものがありませんでした。番号・館コード・日付を確かめてください。")
        if count > MOST:
            raise CommandError(f"{count:,} 件は多すぎます。--home や --since で {MOST:,} 件までにしぼってください。")
