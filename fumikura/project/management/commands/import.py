"""`fumikura import FILE…`: bring records in."""

import gc
import json
from argparse import RawDescriptionHelpFormatter
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from fumikura.catalogue import queries, services
from fumikura.catalogue.marc.formats import NotReadable
from fumikura.catalogue.marc.rows import ColumnPlan
from fumikura.catalogue.words import file_words, record_words
from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.organisation.queries import system_actor
from fumikura.project.checks import OURS
from fumikura.project.failures import sentence_for

EXAMPLES = """例:
  fumikura import japanmarc.mrc                MARC(ISO 2709、UTF-8 でも MARC-8 でも)
  fumikura import --dry-run 到着分/*.xml         書き込まずに、何件ずつになるかを見る
  fumikura import --source TRC 新着.mrc.gz       番号の出どころ(003)がないファイル
  fumikura import --encoding cp932 古い目録.mrc   文字コードを指定する
  fumikura import 蔵書一覧.csv                   1行目に「書名」「著者」「ISBN」などの列の名前がある表
途中で止まっても、もう一度同じ命令を打てば続きから始まります。
取り込めなかったレコードは fumikura quarantine で見られます。"""
ENCODINGS = ("utf-8", "marc-8", "cp932", "euc_jp", "iso2022_jp", "iso8859-1", "cp1251", "cp1252")


class Command(BaseCommand):
    requires_system_checks = [OURS]
    help = "書誌を取り込みます(MARC 21、UNIMARC、MARCXML、DC-NDL、MARC-in-JSON、JSON Lines、TSV、CSV。gzip のままでも読めます)。"

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        options |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="取り込むファイル")
        parser.add_argument("--source", default="", help="003 のないレコードの出どころ(例: TRC)")
        parser.add_argument("--encoding", default="", choices=ENCODINGS, help="文字コード。ふつうは自動で分かります")
        parser.add_argument("--mapping", default="", metavar="NAME", help="表の列の対応(事務の画面で保存した名前)")
        parser.add_argument("--dry-run", action="store_true", help="書き込まずに、件数だけを数えます")
        parser.add_argument("--json", action="store_true", help="最後に件数を JSON で1行だけ出します")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        quiet = options["json"] or options["verbosity"] == 0
        # Records are many small objects without cycles: looking for cycles among them costs a quarter of the time.
        gc.set_threshold(100_000, 50, 50)
        # The bar goes to stderr: what stands on stdout is the report, and nothing else.
        self.console = Console(stderr=True, quiet=quiet)
        self.plan = self.named_plan(options["mapping"]) if options["mapping"] else None
        totals: Counter[str] = Counter()
        reports = [self.one_file(path, options, totals) for path in options["files"]]
        if options["json"]:
            files = [report for report in reports if report]
            self.stdout.write(json.dumps({"files": files, **self.counts(totals)}, ensure_ascii=False))
        else:
            self.report(totals, dry_run=options["dry_run"])
        if failed := totals["unreadable"]:
            raise CommandError(_("%(n)d 個のファイルを取り込めませんでした。") % {"n": failed})

    def one_file(self, path: Path, options: dict[str, Any], totals: Counter[str]) -> dict[str, Any] | None:
        take_in = services.rehearse_import if options["dry_run"] else services.import_file
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self.console, transient=False) as bar:
            task = bar.add_task(path.name, total=None, rate="")
            begun = timezone.now()

            def progress(now: services.Progress) -> None:
                seconds = max((timezone.now() - begun).total_seconds(), 0.001)
                rate = _("%(n)s 件(毎秒 %(rate)s 件)") % {
                    "n": f"{now.counts.total:,}", "rate": f"{(now.counts.total - now.resumed_at) / seconds:,.0f}",
                }  # fmt: skip
                bar.update(task, completed=now.bytes_read, total=now.size, rate=rate)

            try:
                report = take_in(
                    path,
                    by=system_actor(via="cli"),
                    at=timezone.now(),
                    source=options["source"],
                    encoding=options["encoding"],
                    plan=self.plan,
                    progress=progress,
                )
            except NotReadable as problem:
                self.complain(path, *file_words(problem.code, get_language() or "ja"), totals)
                return None
            except Refused as refused:
                self.complain(path, *words(refused.reasons[0], get_language() or "ja"), totals)
                return None
            except (OSError, DatabaseError) as error:
                raise CommandError(self.broken_off(path, error)) from None
        totals.update(self.counts(vars_of(report.counts)))
        self.say_about(path, report)
        return {"file": str(path), "format": report.format, "batch": report.batch, **vars_of(report.counts)}

    def named_plan(self, name: str) -> ColumnPlan:
        if plan := queries.column_plan(name):
            return plan
        known = "、".join(mapping.name for mapping in queries.column_mappings()) or _("まだありません")
        raise CommandError(_("列の対応「%(name)s」はありません。あるのは: %(known)s") % {"name": name, "known": known})

    def complain(self, path: Path, sentence: str, way_out: str, totals: Counter[str]) -> None:
        totals["unreadable"] += 1
        self.stderr.write(f"{path}: {sentence}{way_out}")

    def broken_off(self, path: Path, error: Exception) -> str:
        text = str(error).lower()
        if "full" in text or "no space" in text or "too large" in text:
            cause = _("ディスクがいっぱいになりました。空きを作ってから、同じ命令をもう一度打ってください。")
        elif isinstance(error, DatabaseError) and (known := sentence_for(error)):
            return f"{path}: {known}"
        else:
            cause = _(
                "読み書きに失敗しました(%(error)s)。ディスクとデータベースを確かめて、同じ命令をもう一度打ってください。"
            ) % {"error": error}
        return f"{path}: {cause}" + _("ここまでの分は残っていて、続きから始まります。")

    def say_about(self, path: Path, report: services.Report) -> None:
        if self.console.quiet:
            return
        if report.resumed_at:
            self.stderr.write(
                _("%(file)s: 前に止まった %(n)d 件目の次から続けました。") % {"file": path, "n": report.resumed_at}
            )
        for code, number in report.reasons.most_common():
            sentence, way_out = record_words(code, get_language() or "ja")
            self.stderr.write(_("  隔離 %(n)d 件: ") % {"n": number} + sentence + way_out)
        if report.reasons and report.batch:
            self.stderr.write(_("  見るには: fumikura quarantine --batch %(batch)d") % {"batch": report.batch})

    def report(self, totals: Counter[str], *, dry_run: bool) -> None:
        if dry_run:
            self.stdout.write(_("予行です。何も書き込んでいません。"))
        counts = self.counts(totals)
        self.stdout.write(_("変わらず %(unchanged)d") % counts)
        self.stdout.write(_("新規 %(created)d 更新 %(updated)d 隔離 %(quarantined)d") % counts)

    def counts(self, totals: Any) -> dict[str, int]:
        return {name: totals[name] for name in ("unchanged", "created", "updated", "quarantined")}


def vars_of(counts: services.Counts) -> dict[str, int]:
    return {
        "unchanged": counts.unchanged,
        "created": counts.created,
        "updated": counts.updated,
        "quarantined": counts.quarantined,
    }
