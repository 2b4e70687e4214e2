"""The one program: `fumikura serve`, `fumikura import FILE`, …"""

import ctypes
import os
import signal
import sys

from django.core.management import execute_from_command_line

END_WHEN_PARENT_ENDS = 1  # PR_SET_PDEATHSIG


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fumikura.project.settings")
    if parent := os.environ.pop("FUMIKURA_PARENT", ""):
        _end_with(int(parent))
    execute_from_command_line(sys.argv)


def _end_with(parent: int) -> None:
    """Let the kernel stop this process when the server that started it is gone, even by kill -9."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(END_WHEN_PARENT_ENDS, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(0)  # it ended before we could ask


if __name__ == "__main__":
    main()
