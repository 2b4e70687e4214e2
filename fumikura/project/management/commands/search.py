"""`fumikura search TEXT`: ask the catalogue from the command line."""

import json
from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import describe_record, records_by_id
from fumikura.discovery.answers import SORTS, Answer
from fumikura.discovery.queries import parse, search
from fumikura.discovery.words import why_words
from fumikura.project.checks import OURS

EXAMPLES = """例:
  fumikura search 夏目漱石 こころ
  fumikura search そうせき --rows 5 --sort newest
  fumikura search '"吾輩は猫" -映画'
  fumikura search 978-4-00-310101-8 --json
  fumikura search 著者:漱石 分類:913 年:1990-2020"""


class Command(BaseCommand):
    requires_system_checks = [OURS]
    help = "蔵書をさがします。利用者のページと同じさがし方ができます。"

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        options |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("words", nargs="*", metavar="TEXT", help="さがすことば(なければ、すべて)")
        parser.add_argument("--rows", type=int, default=20, help="何件まで表示するか(ふつうは 20)")
        parser.add_argument("--start", type=int, default=0, help="何件目のあとから表示するか")
        parser.add_argument("--sort", choices=SORTS, default="relevance", help="並べ方")
        parser.add_argument("--json", action="store_true", help="JSON で1行に出します")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if options["rows"] < 0 or options["start"] < 0:
            raise CommandError(_("--rows と --start には 0 以上の数を指定してください。"))
        asked = parse(" ".join(options["words"]))
        answer = search(asked, start=options["start"], rows=options["rows"], sort=options["sort"], facets=())
        if not answer.ready:
            self.stderr.write(_("索引がまだありません。fumikura index rebuild で作れます。"))
        if options["json"]:
            self.stdout.write(json.dumps({"total": answer.total, "hits": list(described(answer))}, ensure_ascii=False))
        else:
            self.show(answer, options["start"])

    def show(self, answer: Answer, start: int) -> None:
        console = Console()
        table = Table(box=None, padding=(0, 2, 0, 0))
        table.add_column("", justify="right", style="dim")
        for heading in (_("書名"), _("著者"), _("出版者"), _("年"), _("分類"), ""):
            table.add_column(heading, overflow="fold")
        for number, hit in enumerate(described(answer), start=start + 1):
            creators = "; ".join(hit["creators"][:2])
            row = (hit["title"], creators, hit["publisher"], str(hit["year"] or ""), " ".join(hit["ndc"][:1]))
            table.add_row(str(number), *map(escape, row), why_words(hit["why"]))
        console.print(_("%(n)s 件") % {"n": f"{answer.total:,}"}, style="bold")
        if answer.also:
            console.print(
                _("次の書き方もいっしょにさがしました:%(forms)s") % {"forms": "、".join(answer.also)}, style="dim"
            )
        if answer.hits:
            console.print(table)


def described(answer: Answer) -> Iterator[dict[str, Any]]:
    records = records_by_id(hit.record_id for hit in answer.hits)
    for hit in answer.hits:
        if record := records.get(hit.record_id):
            yield {**description(record), "why": hit.why}


def description(record: BibliographicRecord) -> dict[str, Any]:
    found = describe_record(record)
    return {
        "id": record.pk,
        "title": " ".join(filter(None, [found.title, found.volume])),
        "reading": found.title_reading,
        "creators": [name.name for name in found.creators] or list(filter(None, [found.responsibility])),
        "year": found.year,
        "publisher": found.publisher,
        "kind": found.kind,
        "language": found.language,
        "ndc": list(found.ndc),
        "isbns": list(found.isbns),
    }
