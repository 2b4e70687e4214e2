"""Structured logs without personal data: one JSON object a line on stderr (plain lines when somebody is watching).

Two nets, because one is not enough: values under a telling name are left out whatever they are, and in all remaining text
whatever looks like a card number, a telephone number or a mail address is blanked. Of an exception only its type and the
places are kept: its message may hold a patron's name (a database quotes the row that it refuses).
"""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

PERSONAL = re.compile(
    r"(^|_|-)(name|reading|title|card|barcode|patron|e?mail|phone|telephone|address|birth\w*|password|secret|token|query|q|"
    r"text|body|cookie|authorization|session\w*)($|_|-)",
    re.IGNORECASE,
)
TELLING = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+|[A-Da-dA-D]?\d[\d\-‐−ー ]{4,}\d[A-Da-dA-D]?")
OWN = {"event", "level", "logger", "request_id", "route", "method", "status", "milliseconds", "exception", "timestamp"}
BLANK = "[伏せました]"

Line = MutableMapping[str, Any]


def without_personal_data(_logger: Any, _method: str, line: Line) -> Line:
    """Blank what is personal in `line`, in nested values too."""
    for key, value in line.items():
        if key == "request_id":
            continue  # made here, or checked to be a plain token
        line[key] = BLANK if key not in OWN and PERSONAL.search(key) else _blanked(value)
    return line


def _blanked(value: Any) -> Any:
    if isinstance(value, str):
        return TELLING.sub(BLANK, value)
    if isinstance(value, dict):
        return {key: BLANK if PERSONAL.search(str(key)) else _blanked(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_blanked(inner) for inner in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return type(value).__name__


def exception_without_message(_logger: Any, _method: str, line: Line) -> Line:
    """Turn `exc_info` into the types and places of the failure, without what it says."""
    given = line.pop("exc_info", None)
    if not given:
        return line
    failure = given[1] if isinstance(given, tuple) else given if isinstance(given, BaseException) else sys.exc_info()[1]
    if failure is not None:
        frames = traceback.extract_tb(failure.__traceback__)
        line["exception"] = {
            "type": type(failure).__qualname__,
            "places": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
        }
    return line


def without_arguments(_logger: Any, _method: str, line: Line) -> Line:
    """Django hands the whole request along with its warnings; keep nothing of it."""
    for key in ("request", "server_time", "stack_info", "positional_args", "args", "taskName"):
        line.pop(key, None)
    return line


def configuration(form: str) -> dict[str, Any]:
    """Django's LOGGING, and structlog set up alike. `form` is "json", "plain", or empty to choose by the terminal."""
    plain = form == "plain" or (not form and sys.stderr.isatty())
    for_both: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        without_arguments,
        exception_without_message,
        without_personal_data,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*for_both, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    written = structlog.dev.ConsoleRenderer() if plain else structlog.processors.JSONRenderer(ensure_ascii=False)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": for_both,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, written],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": logging.getLevelName(logging.INFO)},
        "loggers": {
            "django": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
            # The route is in our own line; its message would repeat the address, which may hold a number.
            "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
            "django.server": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
            # It says at every start that it could draw pictures if Pillow were there; we ask it for bars only.
            "pyBarcode": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "_granian": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        },
    }
