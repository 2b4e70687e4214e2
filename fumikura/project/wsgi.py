"""The door the application server knocks at."""

import os

from django.core.wsgi import get_wsgi_application

from fumikura.project.end_with import end_with

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fumikura.project.settings")
if served_by := os.environ.get("FUMIKURA_SERVED_BY"):
    end_with(int(served_by))
application = get_wsgi_application()
