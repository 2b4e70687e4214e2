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


def measure(times: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fumikura.project.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    logging.disable(logging.CRITICAL)
    reader = Client()
    for name, address in PAGES.items():
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
