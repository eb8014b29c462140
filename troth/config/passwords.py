"""How dear a password's hash is."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PasswordHasher(Argon2PasswordHasher):
    """
    Argon2id with 19 MiB, two passes and one lane, as OWASP's Password Storage Cheat Sheet has it (decision 0312).

    A hash names its own costs, so that one made with others still opens.
    """

    time_cost = 2
    memory_cost = 19_456  # KiB
    parallelism = 1
