"""Sessions and passwords as they are kept."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import SignInAttempt
from fumikura.patrons import services
from fumikura.patrons.jobs import forget_sessions
from fumikura.patrons.passwords import Argon2
from fumikura.patrons.services.sessions import end_session, open_session, patron_of_session
from tests import cast

pytestmark = pytest.mark.django_db


def test_a_session_names_nobody_and_nothing_that_is_done_in_it() -> None:
    hanako = cast.hanako()
    key = open_session(patron=hanako, at=cast.AT)
    kept = Session.objects.get(pk=key).get_decoded()
    assert kept.pop("patron") == hanako.key
    assert "水野" not in str(kept) and "20004318" not in str(kept) and hanako.password not in str(kept)


def test_looking_at_pages_writes_at_most_once_a_minute() -> None:
    key = open_session(patron=cast.hanako(), at=cast.AT)
    with CaptureQueriesContext(connection) as asked:
        assert patron_of_session(key, at=cast.AT + timedelta(seconds=59))
    assert [query for query in asked if not query["sql"].startswith("SELECT")] == []
    with CaptureQueriesContext(connection) as asked:
        assert patron_of_session(key, at=cast.AT + timedelta(seconds=61))
    assert [query for query in asked if "UPDATE" in query["sql"]]


@pytest.mark.parametrize("key", ["", "no-such-session", "x" * 40, "../../etc", "\x00" * 32])
def test_a_key_that_is_none_opens_nothing_and_ends_nothing(key: str) -> None:
    assert patron_of_session(key, at=cast.AT) is None
    end_session(key=key)


def test_at_night_what_has_lapsed_is_deleted() -> None:
    key = open_session(patron=cast.hanako(), at=cast.AT)
    Session.objects.filter(pk=key).update(expire_date=cast.AT)
    with pytest.raises(Refused):
        services.check_password("20004318", "wrong", "192.0.2.1", cast.AT)
    forget_sessions(cast.AT + timedelta(hours=1))
    assert not Session.objects.exists() and SignInAttempt.objects.count() == 2
    forget_sessions(cast.AT + timedelta(hours=25))
    assert not SignInAttempt.objects.exists()


def test_passwords_are_hashed_with_argon2id_at_the_figures_that_were_chosen() -> None:
    encoded = make_password("こころの友です", hasher=Argon2())
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert Argon2().verify("こころの友です", encoded) and not Argon2().verify("こころの友", encoded)
