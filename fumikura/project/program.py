"""The one program: `fumikura serve`, `fumikura import FILE`, …"""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import DatabaseError

from fumikura.project.end_with import end_with
from fumikura.project.failures import sentence_for


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fumikura.project.settings")
    if parent := os.environ.pop("FUMIKURA_PARENT", ""):
        end_with(int(parent))
    sys.argv[0] = "fumikura"  # what help and errors call the program, whichever way it was started
    try:
        execute_from_command_line(sys.argv)
    except DatabaseError as failure:
        if sentence := sentence_for(failure):
            sys.exit(sentence)
        raise


if __name__ == "__main__":
    main()
