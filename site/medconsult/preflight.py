"""`python -m medconsult.preflight`: whether production can start with this environment, in one line for each reason.

docker/entrypoint.sh asks before it starts anything, so that a missing secret is no traceback among others.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from dataclasses import MISSING, fields

from environs import EnvError

from medconsult.settings.env import Environment

# sysexits.h, EX_CONFIG: a supervisor that tries again changes nothing.
WRONG_CONFIGURATION = 78


def faults() -> Iterator[str]:
    """Every variable that is missing or cannot be so; then, one at a time, what does not go together."""
    found = False
    for one in fields(Environment):
        try:
            if one.default_factory is not MISSING:
                one.default_factory()
        except EnvError as error:
            found = True
            yield str(error)
    if not found:
        try:
            importlib.import_module(os.environ.get("DJANGO_SETTINGS_MODULE", "medconsult.settings.prod"))
        except EnvError as error:
            yield str(error)


def main() -> int:
    told = list(faults())
    for fault in told:
        print(f"MedConsult does not start: {fault}", file=sys.stderr)
    return WRONG_CONFIGURATION if told else 0


if __name__ == "__main__":
    sys.exit(main())
