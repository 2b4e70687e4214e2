"""`fumikura quarantine`: look at the records that could not be taken in, and get their bytes back."""

import json
import sys
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fumikura.catalogue import queries
from fumikura.catalogue.models import QuarantinedRecord
from fumikura.catalogue.words import record_words
from fumikura.project.checks import OURS

EXAMPLES = """例:
  fumikura quarantine                       新しい順に一覧
  fumikura quarantine --batch 3             取り込み 3 の分だけ
  fumikura quarantine --batch 3 --ordinal 17   17 件目の理由と中身
  fumikura quarantine --batch 3 --out 直す分.mrc  もとのバイトのまま書き出す(直して、また import する)"""


class Command(BaseCommand):
    requires_system_checks = [OURS]
    help = "取り込めずに隔離したレコードを見ます。もとのバイトは、そのまま取ってあります。"

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        options |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=0, help="取り込みの番号")
        parser.add_argument("--ordinal", type=int, default=0, help="ファイルの何件目か(--batch といっしょに)")
        parser.add_argument("--limit", type=int, default=50, help="一覧の件数(既定 50)")
        parser.add_argument("--out", type=Path, help="もとのバイトを書き出すファイル。- なら標準出力へ")
        parser.add_argument("--json", action="store_true", help="JSON Lines で出します")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        rows = queries.quarantine(options["batch"])
        if options["ordinal"]:
            if not options["batch"]:
                raise CommandError(_("--ordinal は --batch といっしょに指定してください。"))
            rows = rows.filter(ordinal=options["ordinal"])
        if options["out"]:
            self.write_bytes(options["out"], [bytes(row.raw) for row in rows.iterator(chunk_size=200)])
            return
        total = rows.count()
        shown = rows[: options["limit"]]
        for row in shown:
            if options["json"]:
                self.stdout.write(json.dumps(self.facts(row), ensure_ascii=False))
            else:
                self.show(row, whole=bool(options["ordinal"]))
        if not options["json"]:
            self.stdout.write(
                _("隔離 %(total)d 件のうち %(shown)d 件。") % {"total": total, "shown": min(total, options["limit"])}
                if total
                else _("隔離されたレコードはありません。")
            )

    def facts(self, row: QuarantinedRecord) -> dict[str, Any]:
        return {
            "batch": row.batch_id,
            "file": row.batch.file_name,
            "ordinal": row.ordinal,
            "reason": row.reason,
            "detail": row.detail,
            "bytes": len(bytes(row.raw)),
        }

    def show(self, row: QuarantinedRecord, *, whole: bool) -> None:
        sentence, way_out = record_words(row.reason, get_language() or "ja")
        place = _("取込 %(batch)d %(file)s の %(ordinal)d 件目: ") % {
            "batch": row.batch_id, "file": row.batch.file_name, "ordinal": row.ordinal,
        }  # fmt: skip
        detail = f" [{row.detail}]" if row.detail else ""
        self.stdout.write(place + sentence + way_out + detail)
        if whole:
            self.stdout.write(readable(bytes(row.raw)))

    def write_bytes(self, path: Path, raws: list[bytes]) -> None:
        if str(path) == "-":
            sys.stdout.buffer.write(b"".join(raws))
            sys.stdout.buffer.flush()
            return
        try:
            path.write_bytes(b"".join(raws))
        except OSError as error:
            raise CommandError(_("書き出せませんでした(%(reason)s)。") % {"reason": error.strerror}) from None
        self.stderr.write(_("%(n)d 件のバイトを書き出しました。") % {"n": len(raws)})


def readable(raw: bytes) -> str:
    """The bytes for the eye: MARC's separators as signs, what is no text as escapes."""
    text = raw.decode("utf-8", "backslashreplace")
    return "".join(
        {"\x1d": "⟂\n", "\x1e": "¶\n", "\x1f": "‡"}.get(
            letter, letter if letter.isprintable() or letter == "\n" else f"\\x{ord(letter):02x}"
        )
        for letter in text
    )
