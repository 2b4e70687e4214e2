"""A line between browsers and the house that can be cut, that loses answers, and that says everything three times."""

import threading
from collections import Counter
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SENT_HOME = ("/desk/offline/lists", "/desk/offline/replays")
PASSED_ON = {"content-type", "etag", "set-cookie", "location", "content-security-policy", "service-worker-allowed"}


class Line:
    """`with Line("127.0.0.1:8000") as line:` and browsers go to line.address."""

    def __init__(self, house: str, *, times: int = 3) -> None:
        self.house, self.times = house, times
        self.is_cut = False
        self.lose_after = 0
        """When set: so many more of what is sent home arrive; then the answer of one is lost and the line is cut."""
        self.sent: Counter[str] = Counter()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(self))
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "Line":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def cut(self) -> None:
        self.is_cut = True

    def mend(self) -> None:
        self.is_cut = False


def handler_for(line: Line) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._pass_on("GET")

        def do_POST(self) -> None:
            self._pass_on("POST")

        do_HEAD = do_GET

        def _pass_on(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if line.is_cut:
                return self._hang_up()
            is_home = self.path.partition("?")[0] in SENT_HOME
            try:
                for _ in range(line.times if is_home else 1):
                    status, headers, answer = self._ask(method, body)
            except (OSError, HTTPException):
                return self._hang_up()
            if is_home:
                line.sent[self.path] += line.times
                if line.lose_after:
                    line.lose_after -= 1
                    if not line.lose_after:
                        line.cut()
            return self._hang_up() if line.is_cut else self._answer(status, headers, answer)

        def _ask(self, method: str, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
            house = HTTPConnection(line.house, timeout=120)
            try:
                house.putrequest(method, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():
                    if name.lower() not in {"connection", "accept-encoding"}:
                        house.putheader(name, value)
                house.putheader("Connection", "close")
                house.endheaders(body or None)
                answer = house.getresponse()
                return answer.status, answer.getheaders(), answer.read()
            finally:
                house.close()

        def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            try:
                self.send_response(status)
                for name, value in headers:
                    if name.lower() in PASSED_ON:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # The browser was killed meanwhile.

        def _hang_up(self) -> None:
            self.close_connection = True
            self.connection.close()

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
