"""`fumikura simulate`: a gate, a reader of IC tags or a return machine, speaking to a running server as the real ones do."""

import base64
import json
import time
import urllib.error
import urllib.request
from argparse import RawDescriptionHelpFormatter
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from fumikura.kernel.tags import Tag, UnreadableTag, fixed, write_tag
from fumikura.protocols.sip2.explaining import explained, named
from fumikura.protocols.sip2.simulating import Machine, visit
from fumikura.protocols.sip2.watching import masked

MOST = 100
"""As many tags as lie on one antenna, and as many items as one visit brings."""
EVERY = 10.0
"""Seconds after which a shelf tells again what lies on it; silent for a minute, it counts as switched off."""

EXAMPLES = """例:
  fumikura device add GATE-1 --facility CHUO --kind gate      (鍵が出ます)
  fumikura simulate gate --device GATE-1 --key 鍵 --url http://127.0.0.1:8000 --item 1000000014 --came 12 --left 9
  fumikura simulate reader --device DESK-1 --key 鍵 --item 1000000014 1000000021 --tag 1101013130…
  fumikura simulate desk-reader --device MADO-1 --key 鍵 --item 1000000014 1000000021 --seconds 60
  fumikura simulate hold-shelf --device TANA-1 --key 鍵 --item 1000000014 1000000021 --seconds 60
  fumikura simulate return-machine --device CHUO-R --key 鍵 --item 1000000014 --sip2-port 6001
アンテナの棚に見えるものは、窓口の「取置の棚」のページに出ます。
窓口のリーダーは、窓口のページで「この窓口のリーダー」に選ぶと、のせた本がそこに出ます。貸すと、タグを「貸出中」に書きかえます。
返却機は、上に置かれたタグを読んでから、本物と同じくSIP2で返します(fumikura sip2 か serve --sip2 が要ります)。"""


class Command(BaseCommand):
    help = "ゲート・ICタグのリーダー・アンテナの棚・返却機のまねをします。会話を見せ、一回分で終わります。"

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        options |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "what", choices=["gate", "reader", "desk-reader", "hold-shelf", "return-machine"], help="何のまねをするか"
        )
        parser.add_argument("--device", required=True, help="機器コード")
        parser.add_argument("--key", required=True, help="fumikura device add で出た鍵")
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="図書館のサーバーのアドレス")
        parser.add_argument("--item", nargs="*", default=[], metavar="資料", help="タグに書いてある資料番号")
        parser.add_argument("--tag", nargs="*", default=[], metavar="16進", help="タグのメモリーそのもの")
        parser.add_argument("--came", type=int, default=0, help="gate: 入った人数")
        parser.add_argument("--left", type=int, default=0, help="gate: 出た人数")
        parser.add_argument("--seconds", type=int, default=60, help="desk-reader, hold-shelf: のせておく秒数")
        parser.add_argument("--sip2-port", type=int, default=6001, help="return-machine: SIP2のポート")

    def handle(self, *_arguments: Any, what: str, **options: Any) -> None:
        address = urlsplit(options["url"])
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise CommandError(_("アドレスは http:// か https:// で始めてください。"))
        if len(options["item"]) + len(options["tag"]) > MOST:
            raise CommandError(_("一度に読めるタグは%(most)d枚までです。") % {"most": MOST})
        tags = [{"memory": _image(item), "dsfid": fixed.DSFID} for item in options["item"]]
        tags += [{"memory": memory} for memory in options["tag"]]
        if what == "desk-reader":
            self._lie(tags, options)
            return
        if what == "hold-shelf":
            self._lie_on_shelf(tags, options)
            return
        told = self._tell(options, "readings", {"tags": tags})["tags"] if tags else []
        for one in told:
            self.stdout.write(f"   {one['item'] or one['unreadable']}  {one.get('title', '')}  {_heard(what, one)}")
        if what == "gate" and (options["came"] or options["left"]):
            self._tell(options, "visitors", {"came": options["came"], "left": options["left"]})
        if what == "return-machine":
            back = [one["item"] for one in told if one["known"]]
            self._return(str(address.hostname), options, back)
        self.stdout.write(_("終わりました。"))

    def _lie(self, tags: list[dict[str, Any]], options: dict[str, Any]) -> None:
        """Books laid on the reader of a desk, until their tags were all written anew, or the time is over."""
        told = self._tell(options, "stack", {"tags": tags})["tags"]
        lies = {one["item"]: one["security"] for one in told if one["known"]}
        self.stdout.write(
            _("%(count)d点のせました。窓口のページで数えて、貸すか受け取ってください。") % {"count": len(told)}
        )
        left = max(1, min(options["seconds"], 3600))
        while left and lies:
            time.sleep(1)
            left -= 1
            for one in self._tell(options, "stack", {"tags": tags}, quietly=True)["tags"]:
                if one["item"] in lies and one["security"] != lies[one["item"]]:
                    lies.pop(one["item"])
                    self.stdout.write(
                        _("%(item)s: AFIに %(afi)02X を書きました") % {"item": one["item"], "afi": one["security"]}
                    )
        self._tell(options, "stack", {"tags": []}, quietly=True)
        self.stdout.write(_("下ろしました。"))

    def _lie_on_shelf(self, tags: list[dict[str, Any]], options: dict[str, Any]) -> None:
        """Books on a hold shelf with antennas, told again every few seconds until the time is over."""
        told = self._tell(options, "shelf", {"tags": tags})
        for what, words in (
            ("right", _("棚にあるべき本")), ("to_fetch", _("下ろす本")), ("strangers", _("この棚に番号のない本")), ("absent", _("見えない本")),
        ):  # fmt: skip
            for one in told[what]:
                self.stdout.write(f"   {words}: {one['item']}  {one['slot']}  {one['title']}")
        ends = time.monotonic() + max(0, min(options["seconds"], 3600))
        while (left := ends - time.monotonic()) > 0:
            time.sleep(min(left, EVERY))
            self._tell(options, "shelf", {"tags": tags}, quietly=True)
        self.stdout.write(_("終わりました。"))

    def _tell(self, options: dict[str, Any], where: str, body: dict[str, Any], *, quietly: bool = False) -> Any:
        """One request and its answer, both printed."""
        sign = base64.b64encode(f"{options['device']}:{options['key']}".encode()).decode()
        headers = {
            "Authorization": f"Basic {sign}",
            "Content-Type": "application/json",
            "Accept-Language": "ja",
            "Idempotency-Key": uuid4().hex,
        }
        url = f"{options['url'].rstrip('/')}/api/v1/device/{where}"
        sent = json.dumps(body, ensure_ascii=False)
        if not quietly:
            self.stdout.write(f"→ POST {urlsplit(url).path}  {sent}")
        request = urllib.request.Request(url, sent.encode(), headers)  # noqa: S310 — http and https only, see handle
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 — as above
                got = json.load(answer)
        except urllib.error.HTTPError as failure:
            raise CommandError(_refused(failure)) from None
        except (OSError, ValueError) as failure:
            why = {"url": options["url"], "why": failure}
            raise CommandError(
                _("%(url)s と話せません(%(why)s)。サーバーが動いているか確かめてください。") % why
            ) from None
        if not quietly:
            self.stdout.write(f"← {json.dumps(got, ensure_ascii=False)}")
        return got

    def _return(self, host: str, options: dict[str, Any], items: list[str]) -> None:
        port, now = options["sip2_port"], timezone.localtime()
        try:
            with Machine(host, port) as machine:
                code, key = options["device"], options["key"]
                for step in visit(machine, device=code, key=key, card="", items=[], back=items, at=now):
                    self.stdout.write(f"→ {named(step.asked.code)}  {' ｜ '.join(explained(masked(step.asked)))}")
                    self.stdout.write(f"← {named(step.said.code)}  {' ｜ '.join(explained(masked(step.said)))}")
        except OSError as failure:
            where = {"url": f"{host}:{port}", "why": failure}
            raise CommandError(
                _("%(url)s と話せません(%(why)s)。サーバーが動いているか確かめてください。") % where
            ) from None


def _image(item: str) -> str:
    try:
        return write_tag(Tag(item=item)).hex()
    except UnreadableTag:
        raise CommandError(_("この番号はタグに入りません: %(item)s") % {"item": item}) from None


def _heard(what: str, told: dict[str, Any]) -> str:
    """What somebody beside the device would notice."""
    if what == "gate":
        return _("静かに通れます") if told["may_pass"] else _("鳴ります")
    if told["unreadable"]:
        return _("読めないタグです")
    return str(told["state"]) if told["known"] else _("この図書館の資料ではありません")


def _refused(failure: urllib.error.HTTPError) -> str:
    if failure.code == 401:
        return _("機器コードか鍵が違います。")
    try:
        return f"HTTP {failure.code}: {json.load(failure).get('title', '')}"
    except ValueError:
        return f"HTTP {failure.code}"
