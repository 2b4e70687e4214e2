"""The one program: `fumikura serve`, `fumikura import FILE`, …"""

import os
import sys

from django.core.management import execute_from_command_line

from fumikura.project.end_with import end_with


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fumikura.project.settings")
    if parent := os.environ.pop("FUMIKURA_PARENT", ""):
        end_with(int(parent))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
