"""A reader of files as a process of its own, for whatever a hostile file does to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from common.uploads import readers
from common.uploads.refusals import Refused

# What the program ends with where it cannot work at all (readers.__main__).
BROKEN = 4
# A reader that is busy ends by the processor's time; one that waits has so many times as long.
PATIENCE = 1.5
_PROGRAM = str(Path(readers.__file__).parent)


class ToolBroken(RuntimeError):
    """The reader cannot be run here, whatever the file: the file waits, and is no worse for it."""


def read(name: str, verb: str, content: bytes, *told: str, most: int, within: int) -> bytes:
    """What the reader of that name makes of a file, at most so many bytes; nothing is no answer.

    Under a limit of memory and `within` so many seconds of the processor, with nothing of our environment. Raises
    `Refused` for what it does not take or bring to an end, and `ToolBroken`.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the file comes on its standard input
            [sys.executable, "-I", _PROGRAM, name, verb, str(within), *told],
            input=content,
            capture_output=True,
            timeout=within * PATIENCE,
            env={"LANG": "C.UTF-8"},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused("This file takes too long to read.") from error
    except OSError as error:
        raise ToolBroken("The reader of files does not start.") from error
    if done.returncode == BROKEN:
        raise ToolBroken("The reader of files is not installed.")
    if done.returncode or not 0 < len(done.stdout) <= most:
        raise Refused("This file is damaged, or holds what we cannot take.")
    return done.stdout
