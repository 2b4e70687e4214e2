"""The door the application server knocks at."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from fumikura.project.end_with import end_with

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fumikura.project.settings")
if served_by := os.environ.get("FUMIKURA_SERVED_BY"):
    end_with(int(served_by))
application = get_wsgi_application()
# What has been loaded stays for ever: the collector need not walk through it again and again, nor at every page made.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
