"""`fumikura imports`: what was brought in, what each import changed, and taking one back."""

import json
from argparse import RawDescriptionHelpFormatter
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fumikura.catalogue import imported, queries, services
from fumikura.catalogue.models import ImportBatch
from fumikura.catalogue.words import outcome_words
from fumikura.organisation.queries import system_actor

EXAMPLES = """例:
  fumikura imports                      取り込みの一覧(新しい順)
  fumikura imports --batch 3            取り込み 3 が、どの書誌のどこを変えたか
  fumikura imports --batch 3 --json     同じものを JSON Lines で
  fumikura imports --undo 3             取り消すとどうなるかを数える(何も書き込まない)
  fumikura imports --undo 3 --yes       取り消す。途中で止まっても、同じ命令で続きから"""
PAGE = 500


class Command(BaseCommand):
    help = "書誌の取り込みを一覧し、変わったところを見て、取り消します。"

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        options |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=0, help="この取り込みが変えたところを見ます")
        parser.add_argument("--undo", type=int, default=0, metavar="BATCH", help="この取り込みを取り消します")
        parser.add_argument("--yes", action="store_true", help="数えるだけでなく、ほんとうに取り消します")
        parser.add_argument("--limit", type=int, default=50, help="一覧と差分の件数(既定 50。JSON では全部)")
        parser.add_argument("--json", action="store_true", help="JSON で出します")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if options["undo"]:
            self.undo(self.batch(options["undo"]), options)
        elif options["batch"]:
            self.show_differences(self.batch(options["batch"]), options)
        else:
            self.list_all(options)

    def batch(self, number: int) -> ImportBatch:
        found = queries.imports().filter(pk=number).first()
        if found is None:
            raise CommandError(
                _("取り込み %(n)d はありません。fumikura imports で一覧を見てください。") % {"n": number}
            )
        return found

    def list_all(self, options: dict[str, Any]) -> None:
        batches = queries.imports()[: options["limit"]]
        for batch in batches:
            facts = {
                "batch": batch.pk,
                "file": batch.file_name,
                "format": batch.format,
                "started_at": batch.started_at.isoformat(),
                "finished": batch.finished_at is not None,
                "undone": batch.undone_at is not None,
                "created": batch.created,
                "updated": batch.updated,
                "unchanged": batch.unchanged,
                "quarantined": batch.quarantined,
            }
            if options["json"]:
                self.stdout.write(json.dumps(facts, ensure_ascii=False))
                continue
            state = _("取り消し済み") if batch.undone_at else _("おわり") if batch.finished_at else _("途中")
            counts = _("新規 %(created)d 更新 %(updated)d 隔離 %(quarantined)d") % facts
            self.stdout.write(
                f"{batch.pk:>5}  {timezone.localtime(batch.started_at):%Y-%m-%d %H:%M}  {state}  {batch.file_name}  {counts}"
            )
        if not options["json"] and not batches:
            self.stdout.write(_("取り込みはまだありません。"))

    def show_differences(self, batch: ImportBatch, options: dict[str, Any]) -> None:
        lines = imported.lines_of(batch).iterator(chunk_size=PAGE)
        if not options["json"]:
            lines = islice(lines, options["limit"])
        while page := list(islice(lines, PAGE)):
            for found in imported.differences_of(page):
                self.show(found, as_json=options["json"])
        if not options["json"]:
            total = imported.lines_of(batch).count()
            self.stdout.write(
                _("変わった書誌 %(total)d 件のうち %(shown)d 件。")
                % {"total": total, "shown": min(total, options["limit"])}
            )

    def show(self, found: imported.Difference, *, as_json: bool) -> None:
        if as_json:
            facts = {
                "record": found.record.pk,
                "source": found.record.source,
                "number": found.record.number,
                "title": found.record.title,
                "what": "created" if found.created else "updated",
                "changes": [{"before": change.before, "after": change.after} for change in found.changes],
                "outcome": found.line.outcome,
            }
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
            return
        mark = "+" if found.created else "~"
        self.stdout.write(
            f"{mark} {found.record.source} {found.record.number}  {found.record.title} {found.record.volume}".rstrip()
        )
        for change in found.changes:
            for sign, text in (("-", change.before), ("+", change.after)):
                if text:
                    self.stdout.write(f"    {sign} {text}")

    def undo(self, batch: ImportBatch, options: dict[str, Any]) -> None:
        by = system_actor(via="cli")
        if options["yes"]:
            total = max(imported.lines_of(batch).filter(outcome="").count(), 1)

            def progress(settled: int) -> None:
                if options["verbosity"] and not options["json"]:
                    self.stderr.write(f"{settled * 100 // total}%", ending="\r")

            result = services.undo_import(batch, by=by, at=timezone.now(), progress=progress)
        else:
            result = services.foresee_undo(batch, by=by)
        if options["json"]:
            self.stdout.write(json.dumps({"batch": batch.pk, "undone": options["yes"], **result.outcomes}))
            return
        for outcome, number in sorted(result.outcomes.items()):
            self.stdout.write(f"{outcome_words(outcome, get_language() or 'ja')}: {number}")
        if options["yes"]:
            self.stdout.write(_("取り込み %(n)d を取り消しました。") % {"n": batch.pk})
        else:
            self.stdout.write(_("まだ取り消していません。取り消すには --yes を付けてください。"))
