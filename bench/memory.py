"""Memory of a process and of all that it started, read from /proc."""

import re
from pathlib import Path


def now_below(process: int) -> int:
    """Resident megabytes of a process and its children, together."""
    return sum(size for size, _most in _family(process))


def most_below(process: int) -> list[int]:
    """The most megabytes that a process and each of its children ever held, the largest first."""
    return sorted((most for _size, most in _family(process)), reverse=True)


def _family(process: int) -> list[tuple[int, int]]:
    known = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:  # it has just ended
            continue
        said = dict(re.findall(r"^(PPid|VmRSS|VmHWM):\s+(\d+)", text, re.MULTILINE))
        sizes = int(said.get("VmRSS", 0)) // 1024, int(said.get("VmHWM", 0)) // 1024
        known[int(status.parent.name)] = int(said["PPid"]), sizes
    family, grown = {process}, True
    while grown:
        more = {pid for pid, (parent, _sizes) in known.items() if parent in family} - family
        family, grown = family | more, bool(more)
    return [known[pid][1] for pid in family if pid in known]
