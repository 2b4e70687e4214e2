"""The one program: `fumikura serve`, `fumikura import FILE`, …"""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fumikura.project.settings")
    execute_from_command_line(sys.argv)
