"""The JSON API: the same verbs and queries as the pages, described by OpenAPI, errors as problem+json.

Reading is open to everybody. Lending, returning and renewing take a bearer token, which acts as one user at one facility.
"""
