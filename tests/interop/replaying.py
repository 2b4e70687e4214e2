"""Recorded answers of NDL Search, given again by a small server on this machine; and servers that behave badly."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


@contextmanager
def serving(answer) -> Iterator[str]:
    """The address of a server whose GET calls `answer(parameters)` → (status, body, seconds to wait first, headers …)."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            status, body, wait, *headers = answer(asked)
            time.sleep(wait)
            try:
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # the one who asked has gone, which is what some tests are about

        def log_message(self, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/sru?onlyBib=true"
    finally:
        server.shutdown()
        server.server_close()


def recordings(folder: Path) -> dict[str, bytes]:
    """query → recorded answer of NDL Search's SRU; blanks and quotation marks of a query do not count."""
    found = {}
    for one in json.loads((folder / "index.json").read_text()):
        parts = urlsplit(one["uri"])
        if parts.hostname == "ndlsearch.ndl.go.jp" and parts.path == "/api/sru":
            query = parse_qs(parts.query)["query"][0]
            file = folder / one["file"]
            if file.exists():
                found[bare(query)] = file.read_bytes()
    return found


def bare(query: str) -> str:
    return query.replace('"', "").replace(" ", "").strip("()")


EMPTY = b'<searchRetrieveResponse xmlns="http://www.loc.gov/zing/srw/"><version>1.2</version><numberOfRecords>0</numberOfRecords></searchRetrieveResponse>'
