"""`fumikura export`: write the catalogue out."""

import sys
from argparse import RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, get_args

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from fumikura.catalogue import queries
from fumikura.catalogue.crosswalks import dcndl_writing, mods, table
from fumikura.catalogue.marc import iso2709, marcjson, marcxml
from fumikura.catalogue.outgoing import Readings, going_out
from fumikura.project.checks import OURS

EXAMPLES = """例:
  fumikura export --out 目録.mrc                          すべての書誌を MARC(ISO 2709、UTF-8)で
  fumikura export --format marcxml --source JTNDL | gzip > ndl.xml.gz
  fumikura export --format jsonl --out 目録.jsonl          MARC-in-JSON を1行に1件
  fumikura export --format dcndl --out 目録.rdf           DC-NDL(RDF)。ほかに mods
  fumikura export --format csv --out 目録.csv             表計算のための表(csv、tsv)。主な項目だけ
  fumikura export --readings all --out 目録.mrc           機械が下書きした読みも(880 $9 yomi-draft の印を付けて)"""

Writer = tuple[str, Callable[[bytes], bytes], str]
"""What stands before all records, how one (ISO 2709) is written, what stands behind them."""
FORMATS: dict[str, Writer] = {
    "iso2709": ("", lambda marc: marc, ""),
    "marcxml": (marcxml.HEAD, lambda marc: marcxml.element_text(iso2709.decode(marc).content).encode(), marcxml.TAIL),
    "jsonl": ("", lambda marc: marcjson.text(iso2709.decode(marc).content).encode(), ""),
    "dcndl": (dcndl_writing.HEAD, dcndl_writing.elements_text, dcndl_writing.TAIL),
    "csv": (table.head(","), lambda marc: table.line(marc, ","), ""),
    "tsv": (table.head("\t"), lambda marc: table.line(marc, "\t"), ""),
    "mods": (mods.HEAD, mods.element_text, mods.TAIL),
}


class Command(BaseCommand):
    requires_system_checks = [OURS]
    help = "書誌を書き出します。UTF-8 の MARC で入ってきたものは、1バイトも変えずに出ます。書誌にない読みを職員が確認したものだけ、880 が加わります。"

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        options |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=tuple(FORMATS), default="iso2709", help="書き出す形")
        parser.add_argument("--out", type=Path, help="書き出すファイル。なければ標準出力へ")
        parser.add_argument("--source", default="", help="この出どころの書誌だけ(例: JTNDL)")

        parser.add_argument(
            "--readings",
            choices=get_args(Readings),
            default="confirmed",
            help="書誌にない読み: confirmed 職員が確認したもの、all 下書きも、none 入れない",
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        source = options["source"]
        if source and source not in queries.sources():
            known = ", ".join(queries.sources()) or _("まだありません")
            raise CommandError(
                _("出どころ %(source)s の書誌はありません。あるのは: %(known)s") % {"source": source, "known": known}
            )
        number = 0
        try:
            with self.opened(options["out"]) as out:
                for part, records in pieces(options["format"], source, options["readings"]):
                    out.write(part)
                    number += records
        except BrokenPipeError:
            sys.stderr.close()  # the reader of the pipe has enough; that is no failure
            return
        except OSError as error:
            reason = {"reason": error.strerror or str(error)}
            raise CommandError(
                _("書き出せませんでした(%(reason)s)。空きと権限を確かめて、もう一度書き出してください。") % reason
            ) from None
        self.stderr.write(_("%(n)d 件を書き出しました。") % {"n": number})

    @contextmanager
    def opened(self, path: Path | None) -> Iterator[IO[bytes]]:
        """Standard output, or a file that takes its name only when it is whole."""
        if path is None:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
            return
        unfinished = path.with_name(path.name + ".unfinished")
        try:
            with unfinished.open("wb") as out:
                yield out
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)


def pieces(format_: str, source: str, readings: Readings = "confirmed") -> Iterator[tuple[bytes, int]]:
    """The bytes to write, in parts, each with the number of records it ends."""
    head, write, tail = FORMATS[format_]
    yield head.encode(), 0
    for _record, marc in going_out(queries.records_of(source), readings):
        yield write(marc), 1
    yield tail.encode(), 0
