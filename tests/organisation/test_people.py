"""Users, roles and what they may do where."""

import pytest

from fumikura.journal.models import Entry
from fumikura.kernel.refusals import NotPermitted, Refused
from fumikura.organisation import queries, services
from tests import cast

pytestmark = pytest.mark.django_db


def test_a_role_granted_at_kita_holds_there_and_nowhere_else() -> None:
    kimura = cast.staff("kimura", "circulation.check-out", at=cast.kita())
    assert queries.permissions_of(kimura, cast.kita()) == {"circulation.check-out"}
    assert queries.permissions_of(kimura, cast.chuo()) == frozenset()
    assert queries.permissions_of(kimura, None) == frozenset()
    assert [place.code for place in queries.workplaces(kimura)] == ["KITA"]


def test_a_role_granted_everywhere_holds_everywhere() -> None:
    shimizu = cast.staff("shimizu", "circulation.check-out")
    cast.kita()
    assert queries.permissions_of(shimizu, cast.chuo()) == {"circulation.check-out"}
    assert {place.code for place in queries.workplaces(shimizu)} == {"CHUO", "KITA"}


def test_the_actor_names_the_user_by_number_and_carries_the_rights_of_the_place() -> None:
    kimura = cast.staff("kimura", "circulation.renew", at=cast.kita())
    actor = queries.actor_for(kimura, facility=cast.kita(), desk="KITA-1", via="desk", request_key="k1")
    assert (actor.ref, actor.facility, actor.desk, actor.via) == (f"staff:{kimura.pk}", "KITA", "KITA-1", "desk")
    assert actor.may("circulation.renew") and actor.request_key == "k1"


def test_a_deactivated_user_may_nothing_at_once() -> None:
    kimura = cast.staff("kimura", "circulation.renew")
    services.deactivate_user(user=kimura, by=cast.SYSTEM, at=cast.AT)
    assert queries.permissions_of(kimura, cast.chuo()) == frozenset()
    assert queries.find_user("kimura") is None


def test_a_withdrawn_role_is_gone_and_both_are_in_the_journal() -> None:
    kimura = cast.staff("kimura", "circulation.renew", at=cast.kita())
    role = cast.role("role-of-kimura", "circulation.renew")
    services.withdraw_role(user=kimura, role=role, facility=cast.kita(), by=cast.SYSTEM, at=cast.AT)
    assert queries.permissions_of(kimura, cast.kita()) == frozenset()
    events = list(
        Entry.objects.filter(subject=f"organisation.user:{kimura.pk}").order_by("id").values_list("event", flat=True)
    )
    assert events == ["organisation.user-added", "organisation.role-granted", "organisation.role-withdrawn"]


def test_nobody_gives_away_rights_they_do_not_have() -> None:
    kimura, role = cast.staff("kimura"), cast.role("importer", "catalogue.import")
    by = cast.acting("organisation.grant-role", facility="CHUO")
    with pytest.raises(NotPermitted, match=r"catalogue\.import"):
        services.grant_role(user=kimura, role=role, facility=cast.chuo(), by=by, at=cast.AT)


def test_the_manager_of_one_site_grants_nothing_at_another() -> None:
    kimura, role = cast.staff("kimura"), cast.role("renewer", "circulation.renew")
    by = cast.acting("organisation.grant-role", "circulation.renew", facility="KITA")
    with pytest.raises(NotPermitted, match=r"organisation\.configure"):
        services.grant_role(user=kimura, role=role, facility=cast.chuo(), by=by, at=cast.AT)
    with pytest.raises(NotPermitted, match=r"organisation\.configure"):
        services.grant_role(user=kimura, role=role, facility=None, by=by, at=cast.AT)


def test_a_permission_nobody_has_heard_of_is_refused() -> None:
    with pytest.raises(Refused, match="permission-unknown"):
        cast.role("r", "circulation.fly")


def test_a_user_name_is_taken_in_any_case() -> None:
    cast.staff("kimura")
    with pytest.raises(Refused, match="user-name-taken"):
        services.add_user(username="Kimura", name="木村", password="x", by=cast.SYSTEM, at=cast.AT)
