"""API tokens: shown once, kept as a digest, ended at once."""

import os

import pytest
from django.core.management import CommandError, call_command

from fumikura.journal.models import Entry
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import NotPermitted
from fumikura.organisation.models import ApiToken, User
from fumikura.organisation.queries import find_api_token
from fumikura.organisation.services import issue_api_token, revoke_api_token
from fumikura.project.management.commands import token as command
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued() -> tuple[ApiToken, str, Actor]:
    user = cast.staff("kiosk", "circulation.check-out")
    token, secret = issue_api_token(user=user, facility=cast.chuo(), name="1階の機械", by=cast.SYSTEM, at=cast.AT)
    return token, secret, cast.SYSTEM


def test_a_token_lets_its_user_in_at_its_facility(issued: tuple[ApiToken, str, Actor]) -> None:
    found = find_api_token(issued[1])
    assert found is not None
    assert (found.user.username, found.facility.code) == ("kiosk", "CHUO")


def test_the_token_itself_is_kept_nowhere(issued: tuple[ApiToken, str, Actor]) -> None:
    assert issued[1] not in str(list(ApiToken.objects.values()))


def test_a_revoked_token_and_one_of_an_inactive_user_are_no_good(issued: tuple[ApiToken, str, Actor]) -> None:
    token, secret, by = issued
    User.objects.update(is_active=False)
    assert find_api_token(secret) is None
    User.objects.update(is_active=True)
    revoke_api_token(token=token, by=by, at=cast.AT)
    assert find_api_token(secret) is None


def test_issuing_takes_the_right_to(issued: tuple[ApiToken, str, Actor]) -> None:
    token = issued[0]
    with pytest.raises(NotPermitted):
        issue_api_token(user=token.user, facility=token.facility, name="x", by=Actor(ref="staff:9"), at=cast.AT)


def test_the_command_asks_what_for_and_writes_down_who_sat_there(
    issued: tuple[ApiToken, str, Actor], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nobody_by_name() -> str:
        raise KeyError("getpwuid(): uid not found: 1001")

    with pytest.raises(CommandError, match="--name"):
        call_command("token", "kiosk", "--facility", "CHUO")
    with pytest.raises(CommandError, match="職員 kiosuku はいません"):
        call_command("token", "kiosuku", "--facility", "CHUO", "--name", "2階の機械")
    monkeypatch.setattr(command, "getuser", nobody_by_name)  # a container whose account has no name
    call_command("token", "kiosk", "--facility", "CHUO", "--name", "2階の機械")
    assert find_api_token(capsys.readouterr().out.strip()) is not None
    told = Entry.objects.filter(event="organisation.api-token-issued").latest("pk").particulars
    assert (told["used_for"], told["account"]) == ("2階の機械", str(os.getuid()))
