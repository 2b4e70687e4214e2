"""The JSON API: the same verbs and queries as the pages, described by OpenAPI, errors as problem+json.

Reading is open to everybody. Lending, returning and renewing ask for a member of staff: a signed-in session or a bearer token.
"""
