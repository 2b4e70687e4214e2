"""The API keeps what its own description promises, whatever it is sent."""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import checks

from fumikura.project.wsgi import application

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
EXAMPLES = int(os.environ.get("FUMIKURA_API_EXAMPLES", "10"))


@pytest.mark.django_db(transaction=True)
@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_was_promised(case: schemathesis.Case) -> None:
    case.call_and_validate(excluded_checks=[checks.unsupported_method, checks.positive_data_acceptance])
