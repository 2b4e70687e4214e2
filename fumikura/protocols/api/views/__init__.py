"""The operations of the API: one verb or some queries each."""
