"""Small servers that ask for what the providers' documents ask for, and keep what arrived."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer


@dataclass
class Arrived:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Listening:
    address: str
    statuses: list[int] = field(default_factory=list)
    """What is answered next; afterwards 200."""
    arrived: list[Arrived] = field(default_factory=list)


@contextmanager
def http_server() -> Iterator[Listening]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listening.arrived.append(Arrived(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(listening.statuses.pop(0) if listening.statuses else 200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_said: object) -> None: ...

    with running(HTTPServer(("127.0.0.1", 0), Handler)) as port:
        listening = Listening(f"http://127.0.0.1:{port}")
        yield listening


@dataclass
class Mailbox:
    port: int
    refused: tuple[str, ...] = ()
    letters: list[tuple[str, bytes]] = field(default_factory=list)


@contextmanager
def mail_server(*refused: str) -> Iterator[Mailbox]:
    """As much of RFC 5321 as a client needs; recipients in `refused` are answered 550."""

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("220 mail.example.jp ESMTP")
            to = ""
            while line := self.rfile.readline().decode().strip():
                match line.split()[0].upper():
                    case "RCPT" if any(one in line for one in refused):
                        self.say("550 5.1.1 no such mailbox")
                    case "RCPT":
                        to = line.partition("<")[2].partition(">")[0]
                        self.say("250 2.1.5 OK")
                    case "DATA":
                        self.say("354 go on")
                        lines = iter(self.rfile.readline, b".\r\n")
                        box.letters.append((to, b"".join(lines)))
                        self.say("250 2.0.0 taken")
                    case "QUIT":
                        self.say("221 bye")
                        return
                    case _:
                        self.say("250 OK")

    with running(socketserver.TCPServer(("127.0.0.1", 0), Handler)) as port:
        box = Mailbox(port, refused)
        yield box


@contextmanager
def running(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class ImapBox:
    port: int
    letters: dict[int, bytes] = field(default_factory=dict)
    """By number; what was expunged is gone."""
    flags: dict[int, str] = field(default_factory=dict)
    password: str = "himitsu"


@contextmanager
def imap_server(*letters: bytes) -> Iterator[ImapBox]:
    """As much of RFC 9051 as reading returned mail needs; the search finds unread letters that say they are reports."""

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("* OK IMAP4rev1")
            while line := self.rfile.readline().decode().strip():
                tag, _, rest = line.partition(" ")
                verb, _, arguments = rest.partition(" ")
                if verb == "LOGIN" and box.password not in arguments:
                    self.say(f"{tag} NO wrong")
                    continue
                self.answer(verb, arguments)
                self.say(f"{tag} OK done")
                if verb == "LOGOUT":
                    return

        def answer(self, verb: str, arguments: str) -> None:
            what, _, rest = arguments.partition(" ")
            if verb == "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1")
            elif verb == "SELECT":
                self.say(f"* {len(box.letters)} EXISTS")
            elif what == "SEARCH":
                found = [n for n, letter in box.letters.items() if n not in box.flags and b"multipart/report" in letter]
                self.say(f"* SEARCH {' '.join(map(str, found))}")
            elif what == "FETCH":
                letter = box.letters[int(rest.split()[0])]
                self.say(f"* 1 FETCH (UID {rest.split()[0]} BODY[]<0> {{{len(letter)}}}")
                self.wfile.write(letter + b")\r\n")
            elif what == "STORE":
                box.flags[int(rest.split()[0])] = rest
            elif verb == "CLOSE":
                box.letters = {n: one for n, one in box.letters.items() if "Deleted" not in box.flags.get(n, "")}

    with running(socketserver.TCPServer(("127.0.0.1", 0), Handler)) as port:
        box = ImapBox(port, dict(enumerate(letters, start=1)))
        yield box
