"""`fumikura stocktake`: open a stocktake, read a file of numbers into it, see how far it is."""

import hashlib
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from fumikura.holdings.models import ShelvingLocation
from fumikura.kernel.actors import Actor
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.organisation.queries import find_facility, system_actor
from fumikura.stocktake.models import Reading
from fumikura.stocktake.queries import get_stocktake, progress_of, stocktakes_at
from fumikura.stocktake.services import MOST, open_stocktake, take_batch

EXAMPLES = """例:
  fumikura stocktake open CHUO                    館の全部
  fumikura stocktake open CHUO --location 一般      所在のひとつ
  fumikura stocktake open CHUO --from 913 --to 914 請求記号の範囲
  fumikura stocktake read 3 scan.txt --shelf 12 --rfid   1行に1つ、または CSV の1列目
  fumikura stocktake list CHUO
  fumikura stocktake show 3
同じファイルを同じ棚にもう一度読み込んでも、二重には数えません。10,000件ごとの束に分けて取り込みます。"""


class Command(BaseCommand):
    help = "蔵書点検を始め、読み取りのファイルを取り込み、進み具合を見ます。"

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        options |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="open | read | list | show")
        start = verbs.add_parser("open", help="点検を始める")
        start.add_argument("site", metavar="館コード")
        start.add_argument("--location", default="", help="所在のコード")
        start.add_argument("--from", dest="call_from", default="", help="請求記号、ここから")
        start.add_argument("--to", dest="call_to", default="", help="請求記号、ここまで")
        read = verbs.add_parser("read", help="読み取りのファイルを取り込む")
        read.add_argument("stocktake", type=int, metavar="番号")
        read.add_argument("file", type=Path, metavar="FILE")
        read.add_argument("--shelf", default="", help="棚の名前")
        read.add_argument("--rfid", action="store_true", help="ICタグの読み取り(順番の前後を許す)")
        verbs.add_parser("list", help="館の点検を並べる").add_argument("site", metavar="館コード")
        verbs.add_parser("show", help="進み具合").add_argument("stocktake", type=int, metavar="番号")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        try:
            getattr(self, options["verb"])(options)
        except Refused as refused:
            raise CommandError("\n".join("".join(words(reason)) for reason in refused.reasons)) from None

    def open(self, options: dict[str, Any]) -> None:
        site, location = find_facility(options["site"]), None
        if code := options["location"]:
            location = ShelvingLocation.objects.filter(facility=site, code=code).first()
            if location is None:
                known = ", ".join(ShelvingLocation.objects.filter(facility=site).values_list("code", flat=True))
                raise CommandError(_("この所在はありません: %(code)s（%(known)s）") % {"code": code, "known": known})
        bounds = {"call_from": options["call_from"], "call_to": options["call_to"]}
        made = open_stocktake(facility=site, location=location, by=_at(site.code), at=timezone.now(), **bounds)
        self.stdout.write(_("蔵書点検 %(number)d を始めました。") % {"number": made.pk})

    def read(self, options: dict[str, Any]) -> None:
        one = get_stocktake(options["stocktake"])
        try:
            lines = options["file"].read_text(encoding="utf-8-sig", errors="replace").splitlines()
        except OSError as error:
            why = {"file": options["file"], "why": error.strerror}
            raise CommandError(_("ファイルを読めません: %(file)s (%(why)s)") % why) from None
        numbers = [line.replace("\t", ",").partition(",")[0].strip() for line in lines]
        numbers = [number for number in numbers if number]
        digest = hashlib.sha256("\n".join([options["shelf"], *numbers]).encode()).hexdigest()[:40]
        # A file that was read and taken back may be read again.
        undone = one.batches.filter(key__startswith=f"file:{digest}:").exclude(undone_at=None).count()
        for start in range(0, max(1, len(numbers)), MOST):
            batch = take_batch(
                stocktake=one,
                numbers=numbers[start : start + MOST],
                key=f"file:{digest}:{start // MOST}:{undone}",
                shelf=options["shelf"],
                source="rfid" if options["rfid"] else "barcode",
                by=_at(one.facility.code),
                at=timezone.now(),
            )
            counted: dict[str, int] = {}
            for verdict in Reading.objects.filter(batch=batch).values_list("verdict", flat=True):
                counted[verdict] = counted.get(verdict, 0) + 1
            self.stdout.write("  ".join(f"{verdict} {count}" for verdict, count in sorted(counted.items())))

    def list(self, options: dict[str, Any]) -> None:
        for one in stocktakes_at(find_facility(options["site"])):
            where = one.location.name if one.location else _("館の全部")
            bounds = f" {one.call_from}–{one.call_to}" if one.call_from or one.call_to else ""
            state = _("終わりました") if one.closed_at else _("さがしています") if one.counted_at else _("読み取り中")
            self.stdout.write(f"{one.pk}  {where}{bounds}  {timezone.localdate(one.opened_at)}  {state}")

    def show(self, options: dict[str, Any]) -> None:
        found = progress_of(get_stocktake(options["stocktake"]), timezone.now())
        self.stdout.write(
            _("棚にあるはず %(expected)d 点のうち %(read)d 点を読みました（%(percent)d%%）。読んでいない %(left)d 点。")
            % {"expected": found.expected, "read": found.read, "percent": found.percent, "left": found.expected_unread}
        )
        for verdict, count in sorted(found.verdicts.items()):
            self.stdout.write(f"  {verdict}  {count}")


def _at(site: str) -> Actor:
    """The system itself, at this site."""
    system = system_actor(via="cli")
    return Actor(ref=system.ref, facility=site, via="cli", permissions=frozenset(PERMISSIONS))
