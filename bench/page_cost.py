"""Processor time of public pages, in one process and without a server: python -m bench.page_cost [--times 30]

Over the library that FUMIKURA_HOME holds (`fumikura demo`, then `fumikura worker --once`). The least of so many asks says most: other
work on the machine makes the mean larger, and at a load of 20 the least as well.
"""

import argparse
import logging
import os
import time
from urllib.parse import quote

PAGES = {
    "home": "/", "a few results": f"/search?q={quote('こころ')}", "a page of results": f"/search?q={quote('文学')}",
    "title": "/titles/1", "sites": "/hours", "kids": "/kids/",
}  # fmt: skip
MY_PAGES = {"my page": "/my/", "my holds": "/my/holds"}
READER = {"card": "20000013", "password": "minase-demo"}
"""Of the demo town; in a library that does not know them, the pages of a reader are left out."""


def measure(times: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fumikura.project.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    logging.disable(logging.CRITICAL)
    stranger, known = Client(), Client()
    known.post("/sign-in", READER)
    pages = [(stranger, *page) for page in PAGES.items()]
    if settings.PATRON_COOKIE_NAME in known.cookies:
        pages += [(known, *page) for page in MY_PAGES.items()]
    for reader, name, address in pages:
        spent = []
        for _ in range(times + 5):
            began = time.thread_time()
            answer = reader.get(address)
            spent.append((time.thread_time() - began) * 1000)
            assert answer.status_code == 200, f"{answer.status_code} {address}"
        kept = spent[5:]  # the first read templates and word statements
        print(f"{name:18} least {min(kept):6.2f}  mean {sum(kept) / times:6.2f} ms  {len(answer.content):6} bytes")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--times", type=int, default=30)
    measure(options.parse_args().times)
