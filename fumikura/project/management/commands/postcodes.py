"""`fumikura postcodes FILE.csv`: the addresses that postcodes stand for, from the file of the postal service or of the city."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from fumikura.organisation.queries import system_actor
from fumikura.patrons.services.applications import load_postcodes

NOT_A_TOWN = "以下に掲載がない場合"


class Command(BaseCommand):
    help = (
        "郵便番号の表を読み込みます。日本郵便の全国または都道府県の表(utf_ken_all.csv など)か、\n"
        "「郵便番号,住所,町」の3列のCSVを使えます。例: fumikura postcodes demo/postcodes.csv"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV(UTF-8 または Shift_JIS)")
        parser.add_argument("--city", default="", help="この市町村の行だけ。例: --city 水瀬市")

    def handle(self, *_arguments: Any, file: Path, city: str, **_options: Any) -> None:
        try:
            lines = [line for line in lines_of(file) if city in line[1]]
        except (OSError, ValueError) as trouble:
            raise CommandError(f"{file} が読めません: {trouble}") from None
        if not lines:
            raise CommandError(f"{file} に、読める行がありません。前の表はそのままです。")
        count = load_postcodes(lines=lines, by=system_actor(via="cli"), at=timezone.now())
        self.stdout.write(f"{count} 件の郵便番号を読み込みました。")


def lines_of(file: Path) -> Iterator[tuple[str, str, str]]:
    """(number, address, district)"""
    raw = file.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp932")
    for row in csv.reader(text.splitlines()):
        if len(row) >= 9 and len(row[2]) == 7 and row[2].isdigit():
            town = "" if row[8] == NOT_A_TOWN else row[8].partition("（")[0]
            yield row[2], f"{row[6]}{row[7]}{town}", town
        elif len(row) == 3 and len(number := row[0].replace("-", "")) == 7 and number.isdigit():
            yield number, row[1], row[2]
