"""`fumikura serve`: the web server, and the worker beside it."""

from argparse import ArgumentTypeError
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from fumikura.project import checks, in_use, serving
from fumikura.project.beside import kept_beside
from fumikura.project.demo.town_hall import is_empty


def port_number(given: str) -> int:
    if given.isdecimal() and 0 < int(given) < 65_536:
        return int(given)
    raise ArgumentTypeError(f"ポートは 1〜65535 の数で書いてください(いまは「{given}」です)。")


class Command(BaseCommand):
    help = (
        "画面とAPIを出し、記録を読む worker をいっしょに動かします。Ctrl+C で両方止まります。\n"
        "例: fumikura serve --host 0.0.0.0 --port 8080 --workers 2"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="待ち受けるアドレス(既定 127.0.0.1: この機械からだけ)")
        parser.add_argument("--port", type=port_number, default=8000, help="待ち受けるポート(既定 8000)")
        parser.add_argument("--workers", type=int, default=1, help="画面を出すプロセスの数(既定 1。SQLite では 4 まで)")
        parser.add_argument("--threads", type=int, default=8, help="プロセスごとに同時に受ける数(既定 8)")
        parser.add_argument("--no-worker", action="store_true", help="worker は別に動かします")
        parser.add_argument(
            "--sip2",
            type=port_number,
            metavar="ポート",
            help="自動貸出機とも話します(ふつう 6001)。TLSなどは fumikura sip2 で",
        )
        parser.add_argument(
            "--demo",
            action="store_true",
            help="表を最新にし、空ならデモの町 水瀬市 を作ってから始めます(bin/dev が使います)",
        )

    def handle(self, *_arguments: Any, host: str, port: int, workers: int, threads: int, **options: Any) -> None:
        if not serving.port_is_free(host, port):
            raise CommandError(
                f"ポート {port} はほかのプログラムが使っています。そちらを止めるか、別の番号で始めてください。\n"
                f"  PORT={port + 1} bin/dev   または   fumikura serve --port {port + 1}\n"
                f"Port {port} is in use. Stop the other program, or choose another port as above."
            )
        serving.count_together(workers)
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        if options["demo"]:
            self._make_the_demo_town()
        self._require_tables()
        serving.gather_static_files()
        server = serving.web_server(host=host, port=port, workers=workers, threads=threads)
        server.on_startup(lambda: self._say_where(address, leaflet=options["demo"]))
        try:
            with (
                in_use.at_work(),
                serving.worker_beside(wanted=not options["no_worker"]),
                kept_beside("sip2", "--host", host, "--port", str(options["sip2"]), wanted=bool(options["sip2"])),
            ):
                server.serve()
        except in_use.InUse:
            raise CommandError("控えを戻しているところです。終わってから、もう一度始めてください。") from None

    def _make_the_demo_town(self) -> None:
        """Make the town, and let the readers read about it, unless something is there."""
        call_command("migrate", interactive=False, verbosity=0)
        if is_empty():
            call_command("demo", if_empty=True, stdout=self.stdout)
            call_command("worker", once=True, stdout=self.stdout)

    def _require_tables(self) -> None:
        for wrong in checks.database_answers() or checks.tables_are_current():
            raise CommandError(f"{wrong.msg}\n{wrong.hint}")

    def _say_where(self, address: str, *, leaflet: bool) -> None:
        if leaflet:
            call_command("demo", card=True, address=address, stdout=self.stdout)
        self.stdout.write(f"\n文庫 Fumikura  →  {address}/   (止めるときは Ctrl+C)\n")
        self.stdout.flush()
