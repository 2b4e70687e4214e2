"""`fumikura locker --simulate`: a pickup locker in the terminal, speaking the same HTTP as a real machine."""

import base64
import json
import urllib.error
import urllib.request
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError, CommandParser

HELP = "list | fill バーコード | open 番号 | close | out 扉 | fault 扉 わけ | works 扉 | quit"


class Machine:
    """A locker with a line to the library. It keeps only which door stands open."""

    def __init__(self, address: str, code: str, key: str) -> None:
        self.address = address.rstrip("/") + "/api/v1/locker/"
        self.sign = "Basic " + base64.b64encode(f"{code}:{key}".encode()).decode()
        self.open: dict[str, Any] = {}

    def obey(self, line: str) -> str:
        """One command as somebody types it; what the machine shows."""
        words = line.split(maxsplit=2) or ["list"]
        match words:
            case ["list"]:
                doors = self._ask("doors")["doors"]
                return "\n".join(
                    f"{one['number']:>3}  {one['state']:<6} {one['until']} {one['fault']}" for one in doors
                )
            case ["fill", item]:
                brought = self._tell("stays", item=item)
                if not brought["door"]:
                    return f"扉は開きません。ここで受け取る方はいません。{brought['goes_to']} へ送ります。"
                return f"扉 {brought['door']} が開きました。入れて閉めてください。"
            case ["open", code]:
                self.open = self._tell("openings", code=code)
                return f"扉 {self.open['door']} が開きました。取ったら閉めてください(close)。"
            case ["close"] if self.open:
                done = self._tell(f"stays/{self.open['stay']}/collection")
                self.open = {}
                return f"{done['items']} 点を貸し出しました。"
            case ["out", door]:
                return self._out(door)
            case ["fault", door, why]:
                return f"扉 {self._tell(f'doors/{door}/fault', fault=why)['door']} を故障にしました。"
            case ["works", door]:
                return f"扉 {self._tell(f'doors/{door}/fault', fault='')['door']} はまた使えます。"
        return HELP

    def _out(self, door: str) -> str:
        found = [one for one in self._ask("doors")["doors"] if str(one["number"]) == door and one["stay"]]
        if not found:
            return f"扉 {door} には何も入っていません。"
        self._tell(f"stays/{found[0]['stay']}/removal")
        return f"扉 {door} から取り出しました。"

    def _ask(self, where: str) -> Any:
        return self._send(self._request(where))

    def _tell(self, where: str, **body: str) -> Any:
        request = self._request(where)
        request.data, request.method = json.dumps(body).encode(), "POST"
        request.add_header("Content-Type", "application/json")
        request.add_header("Idempotency-Key", uuid4().hex)
        return self._send(request)

    def _request(self, where: str) -> urllib.request.Request:
        return urllib.request.Request(self.address + where)  # noqa: S310 — the command accepts http and https only

    def _send(self, request: urllib.request.Request) -> Any:
        request.add_header("Authorization", self.sign)
        request.add_header("Accept-Language", "ja")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 — as above
                return json.load(answer)
        except urllib.error.HTTPError as failure:
            raise Said(_sentences(failure)) from None
        except urllib.error.URLError as failure:
            raise Said(f"図書館につながりません({failure.reason})。") from None


class Said(Exception):
    """What the machine shows instead of doing it."""


def _sentences(failure: urllib.error.HTTPError) -> str:
    try:
        told = json.load(failure)
    except ValueError:
        return f"HTTP {failure.code}"
    reasons = [f"{one['sentence']}{one['way_out']}" for one in told.get("reasons", ())]
    return "\n".join(reasons) or str(told.get("title", failure.code))


class Command(BaseCommand):
    help = (
        "予約ロッカーのまねをします。本物の機械と同じAPIを使うので、機械なしで入れる・開ける・故障をためせます。\n"
        "例: fumikura device add LOCKER-1 --facility LOCKER --kind locker    (鍵が出ます)\n"
        "    fumikura locker --simulate --device LOCKER-1 --key 鍵 --address http://127.0.0.1:8000"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--simulate", action="store_true", required=True, help="ロッカーのまねをする")
        parser.add_argument("--device", required=True, help="機器コード")
        parser.add_argument("--key", required=True, help="fumikura device add で出た鍵")
        parser.add_argument("--address", default="http://127.0.0.1:8000", help="図書館のサーバーのアドレス")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if not options["address"].startswith(("http://", "https://")):
            raise CommandError("アドレスは http:// か https:// で始めてください。")
        machine = Machine(options["address"], options["device"], options["key"])
        self.stdout.write(HELP)
        while True:
            try:
                line = input("> ").strip()
            except (EOFError, KeyboardInterrupt):
                return
            if line in {"quit", "exit"}:
                return
            try:
                self.stdout.write(machine.obey(line))
            except Said as said:
                self.stdout.write(str(said))
