"""`fumikura device`: the machines of the network and their keys."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from fumikura.kernel.reasons import words
from fumikura.kernel.refusals import Refused
from fumikura.organisation.device_kinds import DEVICE_KINDS
from fumikura.organisation.models import Device
from fumikura.organisation.queries import devices, find_device, find_facility, system_actor
from fumikura.organisation.services import add_device, change_device, renew_device_key, stop_device
from fumikura.protocols.sip2.codec import ENCODINGS, LINE_ENDS
from fumikura.protocols.sip2.dialects import DIALECTS


class Command(BaseCommand):
    help = (
        "自動貸出機・返却機・ゲートなどの機器を登録し、鍵を渡します。鍵は一度だけ表示され、どこにも残りません。\n"
        "例: fumikura device add CHUO-1 --facility CHUO --kind self-check --encoding cp932\n"
        "    fumikura device list    fumikura device key CHUO-1    fumikura device stop CHUO-1"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["add", "change", "key", "list", "stop"], help="何をするか")
        parser.add_argument("code", nargs="?", default="", help="機器コード(サインインの名前)")
        parser.add_argument("--facility", help="館のコード。機器はこの館で動きます")
        parser.add_argument("--kind", choices=[*DEVICE_KINDS], default="self-check", help="機器の種類")
        parser.add_argument("--name", default="", help="職員が呼ぶ名前。例: 1階の自動貸出機")
        parser.add_argument("--dialect", choices=[*DIALECTS], help="話し方の癖(機種による)")
        parser.add_argument("--encoding", choices=[*ENCODINGS], help="文字コード")
        parser.add_argument("--line-end", choices=[*LINE_ENDS], help="電文の終わり")
        parser.add_argument("--language", choices=["ja", "en"], help="利用者の言葉がわからないときの言葉")
        parser.add_argument("--password", choices=["yes", "no"], help="カードのほかにパスワードを求めるか")
        parser.add_argument("--provisional", choices=["yes", "no"], help="返却を仮返却にするか")
        parser.add_argument(
            "--bin",
            action="append",
            default=[],
            metavar="行き先=口",
            help="仕分けの口。例: --bin shelve=1 --bin send:KITA=3",
        )

    def handle(self, *_arguments: Any, act: str, code: str, **options: Any) -> None:
        if act == "list":
            for one in devices():
                kind = DEVICE_KINDS[one.kind].ja
                self.stdout.write(f"{one.code}\t{one.facility.code}\t{kind}\t{one.name}\t{one.dialect}\t{one.encoding}")
            return
        if not code:
            raise CommandError("機器コードが要ります。例: fumikura device add CHUO-1 --facility CHUO")
        try:
            self._act(act, code, options)
        except Refused as refused:
            raise CommandError("\n".join(" ".join(words(reason)) for reason in refused.reasons)) from None

    def _act(self, act: str, code: str, options: dict[str, Any]) -> None:
        by, at = system_actor(via="cli"), timezone.now()
        if act == "add":
            if not options["facility"]:
                raise CommandError("--facility が要ります。例: fumikura device add CHUO-1 --facility CHUO")
            place = find_facility(options["facility"])
            name = options["name"] or f"{place.name} {DEVICE_KINDS[options['kind']].ja}"
            settings = _settings(options)
            _, key = add_device(code=code, name=name, kind=options["kind"], facility=place, by=by, at=at, **settings)
            self.stdout.write(key)
            return
        device = find_device(code)
        if device is None:
            raise CommandError(f"機器 {code} はありません。fumikura device list で確かめてください。")
        self._to_known(act, device, options)

    def _to_known(self, act: str, device: Device, options: dict[str, Any]) -> None:
        by, at = system_actor(via="cli"), timezone.now()
        match act:
            case "key":
                self.stdout.write(renew_device_key(device=device, by=by, at=at))
            case "stop":
                stop_device(device=device, by=by, at=at)
                self.stdout.write("止めました。")
            case "change":
                named = {"name": options["name"]} if options["name"] else {}
                change_device(device=device, by=by, at=at, **_settings(options), **named)
                self.stdout.write("直しました。次のサインインから効きます。")


def _settings(options: dict[str, Any]) -> dict[str, Any]:
    settings = {name: options[name] for name in ("dialect", "encoding", "line_end", "language") if options[name]}
    for option, field in (("password", "asks_password"), ("provisional", "returns_provisionally")):
        if options[option]:
            settings[field] = options[option] == "yes"
    bins = dict(one.partition("=")[::2] for one in options["bin"])
    return settings | ({"bins": bins} if bins else {})
