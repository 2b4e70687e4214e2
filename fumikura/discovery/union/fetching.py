"""One address fetched from a machine of others: bounded in time and size, and every way to fail has a name."""

import ssl
from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse
from time import monotonic
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

LARGEST = 8 * 1024 * 1024
_PIECE = 1 << 16


class Silent(Exception):
    """No answer that can be used. `code`: no-answer, cannot-connect, http-error, too-large, not-sru, resting, bad-address."""

    def __init__(self, code: str, detail: str = "", *, come_again: int | None = None) -> None:
        self.code = code
        self.detail = detail
        self.come_again = come_again
        """Seconds after which it wants to be asked again (Retry-After of a 429 or 503); None when it did not say."""
        super().__init__(f"{code}: {detail}" if detail else code)


def is_http(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username


def fetch(address: str, *, seconds: float) -> bytes:
    """The body of the answer, within `seconds` in all. Raises Silent."""
    if not is_http(address):
        raise Silent("bad-address", address)
    until = monotonic() + seconds
    request = Request(address, headers={"User-Agent": "Fumikura (library catalogue)", "Accept": "application/xml"})  # noqa: S310 — is_http
    try:
        with _opener().open(request, timeout=seconds) as answer:
            return _body(answer, until)
    except HTTPError as error:
        raise Silent("http-error", str(error.code), come_again=_come_again(error)) from None
    except (TimeoutError, ssl.SSLError) as error:
        raise Silent("no-answer", str(error)) from None
    except (URLError, OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise Silent("no-answer" if isinstance(reason, TimeoutError) else "cannot-connect", str(reason)) from None


def _come_again(error: HTTPError) -> int | None:
    after = (error.headers.get("Retry-After") or "").strip()
    return int(after) if error.code in {429, 503} and after.isascii() and after.isdigit() and len(after) < 7 else None


def post(address: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> int:
    """Send a body; answer the status, whatever it is. Follows no redirect. Raises Silent."""
    if not is_http(address):
        raise Silent("bad-address", address)
    told = {"User-Agent": "Fumikura (library catalogue)", **headers}
    request = Request(address, data=body, headers=told, method="POST")  # noqa: S310 — is_http
    opener = OpenerDirector()
    for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler(), HTTPDefaultErrorHandler(), HTTPErrorProcessor()):
        opener.add_handler(handler)
    try:
        with opener.open(request, timeout=seconds) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except (TimeoutError, ssl.SSLError) as error:
        raise Silent("no-answer", str(error)) from None
    except (URLError, OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise Silent("no-answer" if isinstance(reason, TimeoutError) else "cannot-connect", str(reason)) from None


def _body(answer: HTTPResponse, until: float) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := answer.read1(_PIECE):
        size += len(piece)
        if size > LARGEST:
            raise Silent("too-large", str(LARGEST))
        if monotonic() > until:
            raise Silent("no-answer", "slow")
        pieces.append(piece)
    return b"".join(pieces)


def _opener() -> OpenerDirector:
    """Only HTTP, so that a redirect cannot lead to a file of ours."""
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(), HTTPHandler(), HTTPSHandler(), HTTPRedirectHandler(), HTTPDefaultErrorHandler(), HTTPErrorProcessor(),
    ):  # fmt: skip
        opener.add_handler(handler)
    return opener
