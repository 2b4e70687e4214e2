"""What Django remembers of a request (language, script prefix, time zone) in plain thread-locals.

Its own keep apart what several requests do in one thread, which they do only under ASGI. We serve WSGI, a thread a request (docs/architecture.md);
every word of a page that is translated asks for the language, and each such question cost two microseconds.
"""

import threading
from typing import Any

from django.urls import base
from django.utils import timezone
from django.utils.translation import trans_real

_KEPT: tuple[tuple[Any, str], ...] = (
    (trans_real, "_active"),
    (timezone, "_active"),
    (base, "_prefixes"),
    (base, "_urlconfs"),
)


def keep_by_thread() -> None:
    for module, name in _KEPT:
        before, kept = getattr(module, name), threading.local()
        if not isinstance(before, threading.local):
            vars(kept).update({"value": before.value} if hasattr(before, "value") else {})
            setattr(module, name, kept)
