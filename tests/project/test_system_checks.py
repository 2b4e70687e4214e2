"""What Django itself has to say about the configuration: nothing."""

from django.core.checks import run_checks


def test_the_system_checks_have_no_warnings() -> None:
    assert [str(message) for message in run_checks() if not message.is_silenced()] == []
