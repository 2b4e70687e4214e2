"""A program of its own: 花子 borrows 『こころ』 and brings it back; the bytes of the database file are looked through.

Run by test_forgetting.py in a home of its own, because the suite's database may not be a file. Prints one JSON object:
how often 花子's key stands in the database and its log at each step.
"""

import json
import os
from dataclasses import replace
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "fumikura.project.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from fumikura.circulation.services import check_in, check_out  # noqa: E402
from fumikura.journal.services import once  # noqa: E402
from fumikura.project.timetable import TIMETABLE  # noqa: E402
from tests.cast import AT, hanako  # noqa: E402
from tests.circulation.cast import at_desk, item  # noqa: E402


def night() -> None:
    for job in TIMETABLE:
        job.run(timezone.now())


def found(key: bytes) -> int:
    files = [path for path in Path(settings.HOME).rglob("*") if path.is_file()]
    return sum(path.read_bytes().count(key) for path in files)


def main() -> None:
    call_command("migrate", verbosity=0)
    book, patron = item("30000017"), hanako()
    key, counts = patron.key.encode(), {}
    night()
    counts["before"] = found(key)
    lending, returning = replace(at_desk(), request_key="a" * 32), replace(at_desk(), request_key="b" * 32)
    once(
        lending.request_key,
        lambda: {"loan": check_out(item=book, patron=patron, by=lending, at=AT).pk},
        door="desk",
        at=timezone.now(),
    )
    counts["lent"] = found(key)
    once(
        returning.request_key,
        lambda: {"stop": check_in(item=book, by=returning, at=AT).stop.kind},
        door="desk",
        at=timezone.now(),
    )
    night()
    counts["after"] = found(key)
    print(json.dumps(counts))


main()
