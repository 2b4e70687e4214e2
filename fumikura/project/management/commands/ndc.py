"""`fumikura ndc`: load the names of classes, or look one up."""

from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fumikura.catalogue import ndc
from fumikura.catalogue.services import load_class_labels
from fumikura.organisation.queries import system_actor

EXAMPLES = """例:
  fumikura ndc load ndc9.json                  {"ndc9:913.6": "…"} の形の JSON
  fumikura ndc load 分類表.tsv --edition 10      1行に「番号 タブ 名前」
  fumikura ndc show 913.6                      上の段からの道すじと、すぐ下の分類
同じ版をもう一度読み込むと、前の見出しと入れかわります。"""


class Command(BaseCommand):
    help = "日本十進分類法の見出しを読み込みます(図書館が使うことを認められたファイルを)。番号を調べることもできます。"

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        options |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="load | show")
        load = verbs.add_parser("load", help="見出しのファイルを読み込む")
        load.add_argument("file", type=Path, metavar="FILE")
        load.add_argument("--edition", default="", choices=["", *ndc.EDITIONS], help="番号に版が書かれていないとき")
        show = verbs.add_parser("show", help="番号を調べる")
        show.add_argument("number", metavar="番号")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if options["verb"] == "show":
            self.show(options["number"])
            return
        try:
            raw = options["file"].read_bytes()
            counts = load_class_labels(raw, edition=options["edition"], by=system_actor(via="cli"), at=timezone.now())
        except OSError as error:
            raise CommandError(
                _("ファイルを読めません: %(file)s (%(why)s)") % {"file": options["file"], "why": error.strerror}
            ) from None
        except ndc.NotLabels:
            raise CommandError(
                _(
                    "分類の見出しが見つかりません。番号と名前の JSON・TSV・CSV を、版が書かれていなければ --edition とともに指定してください。"
                )
            ) from None
        for edition, count in counts.items():
            self.stdout.write(
                _("NDC %(edition)s版の見出し %(count)d 件を読み込みました。") % {"edition": edition, "count": count}
            )

    def show(self, text: str) -> None:
        number = ndc.tidy_number(text)
        if not number:
            raise CommandError(_("NDC の番号ではありません: %(text)s") % {"text": text})
        language = get_language() or "ja"
        path, below = ndc.path_of(number), ndc.children_of(number)
        names = ndc.labels_of([*path, *below], language)
        for depth, step in enumerate(path):
            self.stdout.write(f"{'  ' * depth}{ndc.as_printed(step)}  {names.get(step, '—')}")
        for child in below:
            self.stdout.write(f"{'  ' * len(path)}{ndc.as_printed(child)}  {names.get(child, '—')}")
