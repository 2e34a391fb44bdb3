from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class LightHasher(Argon2PasswordHasher):
    """Argon2 in a tenth of the time, for accounts whose password everybody knows."""

    time_cost = 1
    memory_cost = 8 * 1024
    parallelism = 1
