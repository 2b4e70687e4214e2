"""Pure codecs: bytes to records and back. No Django, no tables.

`formats.recognise` says what a file is, `formats.arrivals` reads it record by record; `iso2709`, `marcxml`, `marcjson` and
`rows` are the formats. Whatever comes in leaves here as a `pymarc.Record` or as a `Fault` with the exact bytes.
"""
