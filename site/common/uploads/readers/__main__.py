"""Run by `common.uploads.child` as a process of its own: one of the readers beside this file works on standard input.

A hostile file can make any reader eat memory and time, or die, so it does that here, under limits of the operating
system. It knows nothing of Django, of databases or of settings. It ends with 0; with `BROKEN` where this program cannot
work at all, and with anything else where the reader stumbles: such a file is not taken.
"""

from __future__ import annotations

import importlib
import resource
import sys

BROKEN = 4
MEMORY_BYTES = 1024 * 1024 * 1024


def main(name: str, verb: str, seconds: str, *told: str) -> int:
    try:
        reader = importlib.import_module(name)
        importlib.import_module(reader.LIBRARY)
    except ImportError:
        return BROKEN
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.buffer.write(getattr(reader, verb)(sys.stdin.buffer.read(), *told))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
