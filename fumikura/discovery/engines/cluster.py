"""Talking to the nodes of a cluster: any of them will do, one that is silent is left alone for a while, nothing is given up early."""

import base64
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import urllib3

from fumikura.discovery.engines import EngineAway

READING: Final = 8.0
WRITING: Final = 90.0
"""Seconds for which a question, and a change, is asked of one node after the other: a node that dies must not be noticed."""

CONNECT: Final = 1.0
ANSWER: Final = 30.0
REST: Final = 5.0
"""Seconds for which a silent node is not the first to be asked."""

TRY_AGAIN: Final = frozenset({429, 502, 503, 504})


@dataclass(frozen=True)
class Reply:
    status: int
    body: dict[str, Any]


class Cluster:
    """The nodes named in SEARCH_URL: http://one:9200,http://two:9200/prefix; a name and password may stand before a host."""

    def __init__(self, url: str) -> None:
        parts = [urlsplit(one.strip()) for one in url.split(",") if one.strip()]
        self.prefix = next((part.path.strip("/") for part in parts if part.path.strip("/")), "fumikura").lower()
        self._pools = [
            urllib3.connection_from_url(
                f"{part.scheme}://{part.netloc.rpartition('@')[2]}",
                maxsize=16,
                retries=False,
                headers=_credentials(part.username, part.password),
                timeout=urllib3.Timeout(connect=CONNECT, read=ANSWER),
            )
            for part in parts
        ]
        self._rests_until = [0.0] * len(self._pools)
        self._turn = count()

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, *, patience: float) -> Reply:
        """The answer of the first node that has one. Raises EngineAway when none has within `patience` seconds."""
        sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        return self._ask(method, path, sent, "application/json", patience)

    def change(self, index: str, changes: Sequence[tuple[str, str]]) -> None:
        """Send (action, source) lines until every one of them is taken. Doing one twice changes nothing."""
        deadline = time.monotonic() + WRITING
        left = list(changes)
        while left:
            lines = "".join(f"{action}\n{source}\n" if source else f"{action}\n" for action, source in left)
            reply = self._ask("POST", f"{index}/_bulk", lines.encode(), "application/x-ndjson", WRITING)
            done = [next(iter(item.values())) for item in reply.body.get("items", ())]
            if len(done) != len(left):
                raise EngineAway(f"OpenSearch: {reply.status}")
            refused = [one for one in done if one["status"] >= 400 and one["status"] not in {404, *TRY_AGAIN}]
            if refused:
                raise ValueError(f"OpenSearch refused a document: {refused[0].get('error', {}).get('type')}")
            left = [one for one, outcome in zip(left, done, strict=True) if outcome["status"] in TRY_AGAIN]
            if left and time.monotonic() > deadline:
                raise EngineAway("OpenSearch takes no changes")
            time.sleep(0.2 if left else 0)

    def _ask(self, method: str, path: str, body: bytes | None, kind: str, patience: float) -> Reply:
        deadline = time.monotonic() + patience
        trouble = "no node"
        while True:
            for number in self._in_turn():
                pool = self._pools[number]
                try:
                    answer = pool.urlopen(method, path, body, {**pool.headers, "Content-Type": kind})
                except urllib3.exceptions.HTTPError as failure:
                    self._rests_until[number] = time.monotonic() + REST
                    trouble = type(failure).__name__
                    continue
                if answer.status in TRY_AGAIN:
                    trouble = str(answer.status)
                    continue
                return _read(answer, path)
            if time.monotonic() > deadline:
                raise EngineAway(f"OpenSearch: {trouble}")
            time.sleep(0.1)

    def _in_turn(self) -> list[int]:
        """All nodes, each time another first; those that were silent lately at the end."""
        now, first = time.monotonic(), next(self._turn)
        numbers = [(first + step) % len(self._pools) for step in range(len(self._pools))]
        return sorted(numbers, key=lambda number: self._rests_until[number] > now)


def _read(answer: urllib3.BaseHTTPResponse, path: str) -> Reply:
    try:
        body = json.loads(answer.data or b"{}")
    except ValueError:
        raise EngineAway(f"no answer of OpenSearch's: {answer.status}") from None
    exists_already = "resource_already_exists" in json.dumps(body.get("error", ""))
    if answer.status >= 400 and answer.status != 404 and not exists_already:
        reason = body.get("error", {})
        cause = (reason.get("root_cause") or [reason])[0] if isinstance(reason, dict) else {"reason": reason}
        raise EngineError(
            f"OpenSearch {answer.status} {path.partition('?')[0]}: {cause.get('type')} {cause.get('reason')}"
        )
    return Reply(answer.status, {} if answer.status == 404 else body)


class EngineError(Exception):
    """The cluster did not understand us: a defect, or an OpenSearch that is too old."""


def _credentials(name: str | None, password: str | None) -> dict[str, str]:
    if not name:
        return {}
    pair = f"{unquote(name)}:{unquote(password or '')}".encode()
    return {"Authorization": "Basic " + base64.b64encode(pair).decode()}
