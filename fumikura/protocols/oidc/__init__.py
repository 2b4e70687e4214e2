"""OpenID: other services ask, with the reader's permission, whether somebody is our reader. Eligibility only, no names."""
