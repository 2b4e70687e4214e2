"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id at OWASP's figures (19 MiB, 2 passes): eight sign-ins at once must not take 800 MiB, as the default would."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
