"""The API keeps what its own description promises, whatever it is sent."""

import os

import pytest
import schemathesis
from django.utils import timezone
from hypothesis import HealthCheck, settings
from schemathesis import checks

from fumikura.journal.readers import read_everything
from fumikura.journal.subscriptions import subscriptions
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.organisation.services import issue_api_token
from fumikura.project.wsgi import application
from tests import cast
from tests.circulation.cast import item

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
EXAMPLES = int(os.environ.get("FUMIKURA_API_EXAMPLES", "10"))


@pytest.fixture
def token(transactional_db: None) -> str:
    """A program that may do everything, in a library with one book and one reader."""
    user = cast.staff("machine", *PERMISSIONS)
    item("30000017")
    cast.hanako()
    read_everything(subscriptions(), clock=timezone.now)
    return issue_api_token(user=user, facility=cast.chuo(), name="試し", by=cast.SYSTEM, at=cast.AT)[1]


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_was_promised(case: schemathesis.Case, token: str) -> None:
    case.headers.setdefault("Authorization", f"Bearer {token}")
    case.call_and_validate(excluded_checks=[checks.unsupported_method, checks.positive_data_acceptance])
