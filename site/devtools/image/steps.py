"""What the checks of the image and of the page have in common."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from devtools.places import ROOT

HOST = "www.clinic.example"


class ImageError(Exception):
    """The image cannot be built or does not do what it should; the text says why, for a person to read."""


def carried_out(go: Callable[[ExitStack, Path], None], absent: Sequence[str], *faults: type[Exception]) -> int:
    """Go through the steps in a folder that is removed afterwards; the exit status. 2, with what is `absent` on this
    machine, in sentences; 1 for an `ImageError` and one of the other `faults`, whose text is for a person to read.
    """
    if absent:
        print("This cannot be checked here.", *absent, sep="\n", file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="medconsult-check-"))
    caught: tuple[type[Exception], ...] = (ImageError, *faults)
    try:
        with ExitStack() as stack:
            go(stack, folder)
    except caught as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say how long the block took, and whether it was well."""
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print(f"  FAILED  {time.monotonic() - began:5.1f} s  {name}", flush=True)
        raise
    print(f"  passed  {time.monotonic() - began:5.1f} s  {name}", flush=True)


def demand(holds: object, otherwise: str) -> None:
    if not holds:
        raise ImageError(otherwise)


def end_of(text: str) -> str:
    return "\n".join(text.splitlines()[-40:])


def example_filled(given: Mapping[str, str]) -> str:
    """docker/env.example with these in place of its own; a line that it does not have, or comments out, is added."""
    example = (ROOT / "docker" / "env.example").read_text(encoding="utf-8")
    filled = re.sub(r"(?m)^([A-Z0-9_]+)=(.*)$", lambda line: f"{line[1]}={given.get(line[1], line[2])}", example)
    named = set(re.findall(r"(?m)^([A-Z0-9_]+)=", example))
    return filled + "".join(f"{name}={value}\n" for name, value in given.items() if name not in named)
