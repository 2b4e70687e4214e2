"""`fumikura sip2`: serve self-service machines, watch them, practise with one."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import timezone

from fumikura.kernel.overhearing import looking_on, socket_path
from fumikura.project import in_use, serving
from fumikura.project.end_with import end_with
from fumikura.protocols.sip2.explaining import explained, named
from fumikura.protocols.sip2.server import Server, tls_context
from fumikura.protocols.sip2.simulating import Machine, visit
from fumikura.protocols.sip2.watching import masked

PORT = 6001


class Command(BaseCommand):
    help = (
        "自動貸出機・返却機とSIP2で話します。機器と鍵は fumikura device で登録します。Ctrl+C で止まります。\n"
        "例: fumikura sip2 --host 0.0.0.0 --port 6001\n"
        "    fumikura sip2 --watch                 いまの会話を見る(番号や名前は伏せます)\n"
        "    fumikura sip2 --simulate CHUO-1 --key … --card 20000013 --lend 1000000014 --return 1000000021"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="待ち受けるアドレス(既定 127.0.0.1: この機械からだけ)")
        parser.add_argument("--port", type=int, default=PORT, help=f"待ち受けるポート(既定 {PORT})")
        parser.add_argument(
            "--processes", type=int, default=1, help="話すプロセスの数(既定 1。端末が20をこえるときはコアの数)"
        )
        parser.add_argument("--threads", type=int, default=8, help="プロセスごとに、同時に表を読み書きする数(既定 8)")
        parser.add_argument("--tls-certificate", type=Path, help="TLSの証明書(PEM)。--tls-key といっしょに")
        parser.add_argument("--tls-key", type=Path, help="TLSの鍵(PEM)")
        parser.add_argument("--watch", action="store_true", help="動いているサーバーの会話を見ます")
        parser.add_argument("--device", default="", help="--watch で、この機器だけを見ます")
        parser.add_argument("--simulate", metavar="機器", help="この機器になって、利用者の一回分をためします")
        parser.add_argument("--key", default="", help="--simulate の機器の鍵")
        parser.add_argument("--tls-ca", type=Path, help="--simulate でTLSを使います。信じる証明書(PEM)")
        parser.add_argument("--card", default="", help="--simulate の利用カード")
        parser.add_argument("--lend", nargs="*", default=[], metavar="資料", help="--simulate で借りる資料")
        parser.add_argument(
            "--return", dest="back", nargs="*", default=[], metavar="資料", help="--simulate で返す資料"
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        try:
            if options["watch"]:
                self._watch(options["device"])
            elif options["simulate"]:
                self._simulate(options)
            else:
                self._serve(options)
        except in_use.InUse:
            raise CommandError("控えを戻しているところです。終わってから、もう一度始めてください。") from None

    def _serve(self, options: dict[str, Any]) -> None:
        host, port = options["host"], options["port"]
        if port and not serving.port_is_free(host, port):
            raise CommandError(
                f"ポート {port} はほかのプログラムが使っています。--port で別の番号にしてください。 / Port {port} is in use."
            )
        certificate, key = options["tls_certificate"], options["tls_key"]
        if bool(certificate) != bool(key):
            raise CommandError("TLSには --tls-certificate と --tls-key の両方が要ります。")
        try:
            tls = tls_context(certificate, key) if certificate else None
        except OSError as failure:
            raise CommandError(f"証明書か鍵を読めません: {failure}") from None
        if options["processes"] > 1 and not port:
            raise CommandError("--processes には、決まった --port が要ります。")
        with in_use.at_work(), self._others(options["processes"]) as process:
            asyncio.run(self._until_stopped(Server(threads=options["threads"], tls=tls), host, port, process))

    @contextmanager
    def _others(self, processes: int) -> Iterator[int]:
        """Fork the other processes, before there is any thread or connection; answer which one this is, from 0."""
        connections.close_all()
        others: list[int] = []
        for process in range(1, processes):
            child = os.fork()
            if not child:
                end_with(os.getppid())
                yield process
                os._exit(0)
            others.append(child)
        try:
            yield 0
        finally:
            for child in others:
                os.kill(child, signal.SIGTERM)
            for child in others:
                os.waitpid(child, 0)

    async def _until_stopped(self, server: Server, host: str, port: int, process: int) -> None:
        stopping = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        watch_at = socket_path(settings.HOME, process)
        bound = await server.start(host, port, watch_at=watch_at)
        if process == 0:
            self.stdout.write(f"SIP2  →  {host}:{bound}   (止めるときは Ctrl+C。会話を見る: fumikura sip2 --watch)")
            self.stdout.flush()
        await stopping.wait()
        await server.stop()
        watch_at.unlink(missing_ok=True)

    def _watch(self, device: str) -> None:
        try:
            sockets = sorted(settings.HOME.glob("sip2-*.sock"))
            if not sockets:
                raise FileNotFoundError
            with looking_on(*sockets) as exchanges:
                for one in exchanges:
                    if device in {"", one["device"]}:
                        self._show(one)
        except (FileNotFoundError, ConnectionRefusedError):
            raise CommandError(
                "SIP2のサーバーが動いていません。fumikura sip2 か fumikura serve --sip2 6001 で始めます。"
            ) from None
        except KeyboardInterrupt:
            return

    def _show(self, one: dict[str, Any]) -> None:
        who = one["device"] or f"({one['address']})"
        self.stdout.write(f"{one['at'][11:19]}  {who}  {one['milliseconds']} ms")
        self.stdout.write(f"  → {named(one['request'])}  {' ｜ '.join(explained(one['asked']))}")
        self.stdout.write(f"  ← {named(one['reply'])}  {' ｜ '.join(explained(one['said']))}")
        self.stdout.flush()

    def _simulate(self, options: dict[str, Any]) -> None:
        try:
            with Machine(options["host"], options["port"], trusting=options["tls_ca"]) as machine:
                for step in visit(
                    machine,
                    device=options["simulate"],
                    key=options["key"],
                    card=options["card"],
                    items=options["lend"],
                    back=options["back"],
                    at=timezone.localtime(),
                ):
                    self.stdout.write(f"→ {named(step.asked.code)}  {' ｜ '.join(explained(masked(step.asked)))}")
                    self.stdout.write(f"← {named(step.said.code)}  {' ｜ '.join(explained(masked(step.said)))}")
                    self.stdout.write(
                        f"   {step.got.decode(errors='replace').strip() if step.said.code != '64' else ''}"
                    )
        except OSError as failure:
            raise CommandError(
                f"{options['host']}:{options['port']} のSIP2サーバーと話せません({failure})。fumikura sip2 が動いているか確かめてください。"
            ) from None
