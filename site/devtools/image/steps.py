"""What the checks of the image and of the page have in common."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from devtools.places import ROOT

HOST = "www.clinic.example"


class ImageError(Exception):
    """The image cannot be built or does not do what it should; the text says why, for a person to read."""


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
