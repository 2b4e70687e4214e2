"""Another program, told by webhooks over the wire."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from fumikura.circulation.services import check_out
from fumikura.journal.models import Entry
from fumikura.webhooks.models import Webhook
from fumikura.webhooks.services import WebhookFacts, set_webhook, take_notice
from tests import cast
from tests.circulation.cast import at_desk, house_rules
from tests.web.opac.cast import copy, title

BY = cast.acting("webhooks.set")


class Program:
    """Another program, which answers what it is told to."""

    def __init__(self) -> None:
        self.status = 204
        self.got: list[tuple[dict[str, str], bytes]] = []
        program = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                program.got.append((dict(self.headers), body))
                self.send_response(program.status)
                self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}/told"


@contextmanager
def listening() -> Iterator[Program]:
    one = Program()
    try:
        yield one
    finally:
        one.server.shutdown()
        one.server.server_close()


def told(program: Program, *topics: str) -> Webhook:
    facts = WebhookFacts("学校の図書", program.address, topics or ("availability",))
    return set_webhook(facts, by=BY, at=cast.AT)


def lend() -> int:
    """花子 borrows 『こころ』."""
    house_rules()
    record = title()
    check_out(item=copy(record), patron=cast.hanako(), by=at_desk(), at=cast.AT)
    # Handed over as the reader of the journal would: on PostgreSQL it reads only what was committed.
    take_notice(list(Entry.objects.order_by("pk")))
    return record.pk
