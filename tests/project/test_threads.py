"""Language and time zone belong to the thread that answers a request, and to no other."""

import threading

from django.utils import timezone, translation
from django.utils.translation import trans_real

from fumikura.project.threads import keep_by_thread


def test_a_language_in_one_thread_is_not_seen_in_another() -> None:
    assert isinstance(trans_real._active, threading.local)
    seen: list[str | None] = []
    with translation.override("en"), timezone.override("UTC"):
        thread = threading.Thread(
            target=lambda: seen.extend([translation.get_language(), str(timezone.get_current_timezone())])
        )
        thread.start()
        thread.join()
        assert (translation.get_language(), str(timezone.get_current_timezone())) == ("en", "UTC")
    assert seen == ["ja", "Asia/Tokyo"]


def test_keeping_it_twice_forgets_nothing() -> None:
    with translation.override("en"):
        keep_by_thread()
        assert translation.get_language() == "en"
