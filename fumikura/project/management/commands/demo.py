"""`fumikura demo`: make the invented town 水瀬市."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fumikura.project.demo.leaflet import ADDRESS, leaflet
from fumikura.project.demo.town_hall import build, is_empty


class Command(BaseCommand):
    help = (
        "見本の町「水瀬市」(館・職員・利用者・資料・貸出) をつくります。空のデータベースにだけつくれます。"
        "  Makes the demo town in an empty database.  例: fumikura demo   |   fumikura demo --card"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="すでに何かあるときは、何もしないで終わります。一覧も出しません。"
        )
        parser.add_argument("--address", default=ADDRESS, help="一覧に書くアドレス。例: http://192.0.2.10:8000")
        parser.add_argument(
            "--card", action="store_true", help="つくらずに、開くページ・職員・バーコードの一覧だけを出します。"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["card"]:
            self.stdout.write(leaflet(options["address"]))
            return
        if not is_empty():
            if options["if_empty"]:
                return
            raise CommandError(
                "このデータベースにはすでに館が登録されています。見本の町は空のデータベースにだけつくれます。"
                "FUMIKURA_HOME に新しいフォルダーを指定して、もう一度お試しください。"
            )
        self.stdout.write("見本の町「水瀬市」をつくっています。30秒ほどかかります。  Making the demo town …")
        for step, seconds in build(at=timezone.now()):
            self.stdout.write(f"  {seconds:5.1f} 秒  {step}")
            self.stdout.flush()
        if not options["if_empty"]:
            self.stdout.write(leaflet(options["address"]))
