"""PAIA 1.3 and DAIA 1.0: what stock discovery systems (VuFind, lukida, K10plus) speak to sign a reader in, hold, renew.

A thin façade: the same verbs and queries as everywhere. Specifications: https://gbv.github.io/paia/ and https://purl.org/NET/DAIA.
"""
