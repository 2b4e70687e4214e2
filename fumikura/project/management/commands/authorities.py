"""`fumikura authorities`: bring a file of authorities in, look before, take it back."""

from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fumikura.catalogue.authorities import authority_imports
from fumikura.catalogue.marc.formats import NotReadable
from fumikura.catalogue.models import AuthorityImport
from fumikura.catalogue.services import (
    import_authorities,
    rehearse_authorities,
    relink_authorities,
    undo_authority_import,
)
from fumikura.catalogue.words import authority_words, file_words, outcome_words
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.organisation.queries import system_actor

EXAMPLES = """例:
  fumikura authorities                          取り込んだファイルの一覧
  fumikura authorities rehearse ndlsh.mrc       何が起こるかだけを見る
  fumikura authorities import 件名.csv          取り込む(途中で止めても、続きから)
  fumikura authorities relink                   前からある書誌を、別名で当たる典拠へ結び直す(番号を付けると、その取り込みの分だけ)
  fumikura authorities undo 3                   3番の取り込みを取り消す"""


class Command(BaseCommand):
    help = "典拠(MARC の典拠・件名の CSV)を取り込みます。"

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        options |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", nargs="?", choices=["rehearse", "import", "relink", "undo"])
        parser.add_argument("what", nargs="?", help="ファイル、または取り込みの番号")
        parser.add_argument("--source", default="", help="003 のない典拠の出どころ")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        verb, what = options["verb"], options["what"] or ""
        try:
            if verb == "undo":
                self.undo(what)
            elif verb == "relink":
                self.relink(self.batch(what) if what else None)
            elif verb:
                self.take_in(Path(what), rehearsing=verb == "rehearse", source=options["source"])
        except NotReadable as problem:
            raise CommandError(" ".join(file_words(problem.code, get_language() or "ja"))) from problem
        except Refused as refused:
            raise CommandError(" ".join(words(refused.reasons[0], get_language() or "ja"))) from refused
        if not verb:
            for batch in authority_imports():
                state = _("取り消し済み") if batch.undone_at else ""
                self.stdout.write(
                    f"{batch.pk}  {batch.started_at:%Y-%m-%d}  {batch.file_name}  +{batch.created} ~{batch.updated} {state}"
                )

    def take_in(self, path: Path, *, rehearsing: bool, source: str) -> None:
        act = rehearse_authorities if rehearsing else import_authorities
        report = act(path, by=system_actor(via="cli"), at=timezone.now(), source=source)
        for ordinal, code, about in report.problems[:20]:
            self.stderr.write(f"{ordinal}: {authority_words(code, get_language() or 'ja')} {about}")
        figures = {
            "new": report.created,
            "changed": report.updated,
            "same": report.unchanged,
            "left": len(report.problems),
        }
        said = _(
            "新しい典拠 %(new)d、加わったことのある典拠 %(changed)d、変わりなし %(same)d、取り込めないもの %(left)d。"
        )
        self.stdout.write(said % figures)
        if not rehearsing:
            self.relink(self.batch(str(report.batch)))

    def relink(self, batch: AuthorityImport | None) -> None:
        def progress(looked_at: int, total: int) -> None:
            self.stderr.write(f"\r{looked_at:,} / {total:,}", ending="\n" if looked_at >= total else "")

        done = relink_authorities(by=system_actor(via="cli"), at=timezone.now(), batch=batch, progress=progress)
        figures = {"names": done.names, "records": done.records, "doubtful": done.doubtful}
        said = _(
            "前からある書誌 %(records)d 件を、別名 %(names)d 個で典拠に結び直しました。人が決めるもの %(doubtful)d。"
        )
        self.stdout.write(said % figures)

    def batch(self, number: str) -> AuthorityImport:
        batch = authority_imports().filter(pk=int(number) if number.isdecimal() else 0).first()
        if batch is None:
            raise CommandError(_("その番号の取り込みはありません。"))
        return batch

    def undo(self, number: str) -> None:
        for outcome, count in undo_authority_import(
            batch=self.batch(number), by=system_actor(via="cli"), at=timezone.now()
        ).items():
            self.stdout.write(f"{outcome_words(outcome, get_language() or 'ja')}: {count}")
