"""Loaded before the settings (`-p tests.environment`): a home of its own for every test process, gone afterwards.

Without it the tests would use the developer's own `var/`. DATABASE_URL is left alone, unless tests.postgres has started a
server for each of the parallel test processes.
"""

import atexit
import os
import shutil
import tempfile

HOME = tempfile.mkdtemp(prefix="fumikura-tests-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)

os.environ["FUMIKURA_HOME"] = HOME
# Other processes see nothing of a test's transaction; tests.discovery.test_commands starts them on a home of its own.
os.environ["INDEX_PROCESSES"] = "1"
for name in ("DEBUG", "SEARCH_URL", "BEHIND_TLS", "ALLOWED_HOSTS", "LIBRARY_NAME", "LIBRARY_NAME_EN"):
    os.environ.pop(name, None)
if databases := os.environ.get("FUMIKURA_TEST_DATABASES", "").split():
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.environ["DATABASE_URL"] = databases[number % len(databases)]
# Playwright keeps an event loop in the test's own thread; Django would then refuse the ORM there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
